"""``GET /auth/check``: a gate for other servers, which ask before they serve a request.

nginx (``auth_request``), Traefik (ForwardAuth) and Caddy (``forward_auth``) send the headers of
the request along, and serve it where the answer is 2xx.
"""

import json
from urllib.parse import quote

from attrs import frozen

from domain.client import Entry
from domain.session_id import SessionId
from entrypoints.http.answer import Answer
from entrypoints.http.asked_of_proxy import METHOD, URI, asked_of_proxy
from entrypoints.http.content_security import frame_ancestors, frame_ancestors_and_self
from entrypoints.http.entering import Entered, Entrance
from entrypoints.http.face import Face
from entrypoints.http.head import Line
from entrypoints.http.incoming import Incoming
from entrypoints.http.openapi.operation import HTML, JSON, Operation, Who, offers, told
from entrypoints.http.openapi.schema import fields, text
from entrypoints.http.openapi.shared import CLIENT, FINGERPRINT, SETS_GRANT, YES
from entrypoints.http.prefetch import PREFETCH_CODES, refuse_prefetch
from entrypoints.http.problems import Problem
from entrypoints.http.refusal import refusal, told_status
from entrypoints.http.route import Route

PATH = "/auth/check"

_PLAIN = " !#$&'()*+,/:;=?@[]~"  # in a header a subject is percent-encoded, but for these


WHO = {
    "X-Framegate-Client": CLIENT,
    "X-Framegate-Session": FINGERPRINT,
    "X-Framegate-Subject": text("x_subject"),
    "X-Framegate-Metadata": text("x_metadata"),
    "X-Framegate-Framing": text("x_framing"),
}
CHECK = Operation(
    name="check",
    group="gate",
    who=Who.BROWSER,
    headers={URI: text("x_uri"), METHOD: text("x_method")},
    answers={200: told(fields({"valid": YES}), {**WHO, **SETS_GRANT}, said="let_in")},
    raises=(*PREFETCH_CODES, "session_invalid", "rate_limited", "store_unavailable"),
    tells_in=(JSON, HTML),
    status_of=told_status,
)


@frozen
class CheckRoute(Route):
    """Tells whether a browser may go on, and lets a page in by the session in its address.

    Answers with 200, 401 and 403 only: to nginx anything else is a fault of framegate's.
    """

    operations = offers(GET=CHECK)

    _face: Face
    _entrance: Entrance

    async def respond(self, incoming: Incoming) -> Answer:
        refuse_prefetch(incoming.headers)
        asked = asked_of_proxy(incoming.headers)
        if asked.session_id is not None and asked.is_page and self._opens(asked.session_id):
            entered = await self._entrance.by_session(asked.session_id, incoming)
        else:
            entered = await self._entrance.by_newest_grant(incoming)
        # nginx passes one cookie on; of those to be dropped, one goes with each answer.
        lines = (*_who(entered), *entered.cookies[:1])
        return self._face.answers.fields({"valid": True}, lines=lines)

    def _opens(self, session_id: SessionId) -> bool:
        """Tell whether an address is enough; who confirms comes in by the doorstep only."""
        client = self._entrance.redeem.client_of(session_id)
        return client is None or client.entry is Entry.OPEN

    def refuse(self, problem: Problem, incoming: Incoming) -> Answer:
        return refusal(problem, incoming, self._face, self._entrance)


def _who(entered: Entered) -> tuple[Line, ...]:
    """Say who has come in. All are always there: a proxy must not leave one from outside."""
    payload = entered.payload
    metadata = "" if payload.metadata is None else json.dumps(json.loads(payload.metadata))
    metadata = metadata.replace("\x7f", "\\u007f")  # the one control character that JSON lets be
    return (
        ("X-Framegate-Client", entered.client.name),
        ("X-Framegate-Session", entered.session.fingerprint),
        ("X-Framegate-Subject", quote(payload.subject or "", safe=_PLAIN)),
        ("X-Framegate-Metadata", metadata),
        ("X-Framegate-Framing", _framing(entered)),
    )


def _framing(entered: Entered) -> str:
    """Say who may frame the page: a browser that came in before may have the doorstep around."""
    came_before = entered.grant is not None
    return (frame_ancestors_and_self if came_before else frame_ancestors)(entered.client)
