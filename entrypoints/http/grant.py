"""``GET /client/grant``: what the browser holds, which this keeps alive."""

from attrs import frozen

from application.ports import Clock
from entrypoints.http.answer import Answer
from entrypoints.http.cors import cors_lines
from entrypoints.http.entering import Entrance
from entrypoints.http.face import Face
from entrypoints.http.grant_fields import grant_fields
from entrypoints.http.incoming import Incoming
from entrypoints.http.prefetch import refuse_prefetch
from entrypoints.http.route import JsonRoute

PATH = "/client/grant"


@frozen
class GrantRoute(JsonRoute):
    """Uses a grant, and so puts off its expiry: that of ``?session=<fingerprint>``, or any."""

    methods = ("GET",)
    cross_origin = True

    _face: Face
    _entrance: Entrance
    _clock: Clock

    async def respond(self, incoming: Incoming) -> Answer:
        refuse_prefetch(incoming.headers)
        wanted = b"".join(incoming.query.get("session", ())).decode(errors="replace")
        entered = await self._entrance.by_grant(incoming, wanted or None)
        lines = (*entered.cookies, *cors_lines(incoming.headers, entered.client))
        return self._face.answers.fields(grant_fields(entered, self._clock.now()), lines=lines)
