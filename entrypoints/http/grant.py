"""``GET /client/grant``: what the browser holds, which this keeps alive."""

from attrs import frozen

from application.ports import Clock
from entrypoints.http.answer import Answer
from entrypoints.http.cors import cors_lines
from entrypoints.http.entering import Entrance
from entrypoints.http.face import Face
from entrypoints.http.grant_fields import GRANT, grant_fields
from entrypoints.http.incoming import Incoming
from entrypoints.http.named_grant import FIELD, named_in_query
from entrypoints.http.openapi.operation import Operation, Who, offers, told
from entrypoints.http.openapi.schema import text
from entrypoints.http.openapi.shared import SETS_GRANT
from entrypoints.http.prefetch import PREFETCH_CODES, refuse_prefetch
from entrypoints.http.problems import Problem
from entrypoints.http.route import JsonRoute

PATH = "/client/grant"
LOOK = Operation(
    name="grant",
    group="browsers",
    who=Who.GRANT,
    query={FIELD: text("grant")},
    answers={200: told(GRANT, SETS_GRANT)},
    raises=(*PREFETCH_CODES, "session_invalid", "rate_limited", "store_unavailable"),
)


@frozen
class GrantRoute(JsonRoute):
    """Uses a grant, and so puts off its expiry: that of ``?grant=<fingerprint>``, or any."""

    operations = offers(GET=LOOK)
    cross_origin = True

    _face: Face
    _entrance: Entrance
    _clock: Clock

    async def respond(self, incoming: Incoming) -> Answer:
        refuse_prefetch(incoming.headers)
        entered = await self._entrance.by_grant(incoming, named_in_query(incoming.query))
        lines = (*entered.cookies, *cors_lines(incoming.headers, entered.client))
        return self._face.answers.fields(grant_fields(entered, self._clock.now()), lines=lines)

    def refuse(self, problem: Problem, incoming: Incoming) -> Answer:
        clients = self._entrance.redeem.directory.clients()
        return super().refuse(problem, incoming).plus(*cors_lines(incoming.headers, *clients))
