"""What people and programs get that the gate for other servers refuses.

Most proxies pass on what ``/auth/check`` answers. nginx drops all of it but the status, and so
it asks for the same again at ``GET /auth/refusal``, where nothing is looked up and nothing used.
"""

from collections.abc import Mapping
from http import HTTPStatus

from attrs import evolve, frozen

from application.ports import StoreUnavailable
from domain.refusal import Refusal, Refused
from entrypoints.http.admission import Overloaded
from entrypoints.http.answer import Answer
from entrypoints.http.asked_of_proxy import asked_of_proxy, asks_for_page
from entrypoints.http.bad_input import BadInput
from entrypoints.http.content_security import frame_ancestors, frame_ancestors_and_self
from entrypoints.http.ended import told_to_holder
from entrypoints.http.entering import Entrance
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.openapi.operation import HTML, JSON, Operation, Who, offers
from entrypoints.http.openapi.schema import text
from entrypoints.http.problems import Problem, problem_of
from entrypoints.http.route import Route

PATH = "/auth/refusal"
REFUSAL = "X-Framegate-Refusal"
"""The code of a refusal, in the answer that a proxy gets and in its question why."""

_RETRY_AFTER = "Retry-After"
_LONGEST_RETRY_SECONDS = 3600

_REFUSALS = (
    Refused(Refusal.UNKNOWN),
    StoreUnavailable("told by a proxy"),
    Overloaded(),
    BadInput("prefetch_refused"),
)
_PROBLEMS = {problem.code: problem for problem in map(problem_of, _REFUSALS)}


def told_status(problem: Problem) -> int:
    """Return 401 or 403: to nginx any other status is a fault of framegate's."""
    refused = problem.status == HTTPStatus.UNAUTHORIZED
    return (HTTPStatus.UNAUTHORIZED if refused else HTTPStatus.FORBIDDEN).value


REFUSED = Operation(
    name="refusal",
    group="gate",
    who=Who.ANYONE,
    headers={
        REFUSAL: text("refusal", enum=["rate_limited", *_PROBLEMS]),
        "Retry-After": text("refusal_retry_after"),
    },
    answers={},
    raises=("rate_limited", *_PROBLEMS),
    tells_in=(JSON, HTML),
    status_of=told_status,
)


@frozen
class RefusalRoute(Route):
    """Shows a refusal of the gate's anew, by its code, to whoever was refused."""

    operations = offers(GET=REFUSED)

    _face: Face
    _entrance: Entrance

    async def respond(self, incoming: Incoming) -> Answer:
        return self.refuse(_told(incoming.headers), incoming)

    def refuse(self, problem: Problem, incoming: Incoming) -> Answer:
        return refusal(problem, incoming, self._face, self._entrance)


def refusal(problem: Problem, incoming: Incoming, face: Face, entrance: Entrance) -> Answer:
    """Say no: with a page, framed by the session's client, where one was asked for."""
    if asks_for_page(incoming.headers):
        framing = _framing(incoming, entrance)
        goes_on = asked_of_proxy(incoming.headers).session_id is None
        read = told_to_holder(problem, holds=goes_on and entrance.holds_any(incoming))
        answer = face.pages.show_problem(read, incoming.language, framing, framed=True)
    else:
        answer = face.answers.problem(problem, incoming.language)
    return evolve(answer.plus((REFUSAL, problem.code)), status=told_status(problem))


def _framing(incoming: Incoming, entrance: Entrance) -> str:
    """Tell in whose page it is read: by the session in the address, or by a grant that has ended.

    Neither is looked up: they name their client. Where it was let in before, the doorstep may
    stand around it.
    """
    session_id = asked_of_proxy(incoming.headers).session_id
    if session_id is not None:
        return frame_ancestors(entrance.redeem.client_of(session_id))
    return frame_ancestors_and_self(entrance.client_of_held(incoming))


def _told(headers: Mapping[str, str]) -> Problem:
    """Read what has been refused, and why; of what is no refusal of the gate's, say that much."""
    code, after = headers.get(REFUSAL, ""), headers.get(_RETRY_AFTER, "")
    if code == "rate_limited" and after.isdecimal():
        seconds = min(int(after[:9]), _LONGEST_RETRY_SECONDS)
        return Problem(429, code, {"seconds": seconds}, {_RETRY_AFTER: str(seconds)})
    return _PROBLEMS.get(code) or problem_of(None)
