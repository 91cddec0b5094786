"""Cross-origin requests by scripts (Fetch Standard, CORS): for the origins of a grant's client."""

from collections.abc import Iterable, Mapping

from domain.client import Client
from entrypoints.http.answer import Answer, Answers
from entrypoints.http.head import Line

_VARIES = ("Vary", "Origin")
_PREFLIGHT: tuple[Line, ...] = (
    ("Access-Control-Allow-Methods", "GET, HEAD"),
    ("Access-Control-Allow-Headers", "authorization, range"),
    ("Access-Control-Max-Age", "600"),
)


def cors_lines(headers: Mapping[str, str], *clients: Client) -> tuple[Line, ...]:
    """Let a page of one of the clients read the answer; no other, and never every page.

    Whoever keeps an answer is told in any case that another origin gets another one.
    """
    origin = headers.get("Origin", "")
    if not any(client.lists(origin) for client in clients):
        return (_VARIES,)
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        _VARIES,
    )


def preflight(answers: Answers, headers: Mapping[str, str], clients: Iterable[Client]) -> Answer:
    """Answer what a browser asks before it sends a header of a script's choosing.

    It brings no grant with it, so that any client's page is told yes.
    """
    lines = cors_lines(headers, *clients)
    allowed = _PREFLIGHT if len(lines) > 1 else ()
    return Answer(200, answers.plain.plus(*lines, *allowed), b"")
