"""What framegate's answer means for a request of a browser."""

import json
from http import HTTPStatus
from urllib.parse import unquote

import httpx
from attrs import frozen

from framegate_client.asked import Line
from framegate_client.visitor import Visitor

_OF_A_REFUSAL = (
    "cache-control",
    "content-language",
    "content-security-policy",
    "content-type",
    "referrer-policy",
    "retry-after",
    "set-cookie",
    "vary",
    "www-authenticate",
    "x-content-type-options",
    "x-frame-options",
)
_TELLS_NO_OTHER_SITE = {"no-referrer", "same-origin"}


@frozen
class Passed:
    """The request may go on, and ``visitor`` is whose it is."""

    visitor: Visitor
    cookies: tuple[str, ...]
    framing: str

    def mark(self, lines: list[Line]) -> list[Line]:
        """Return the head of the application's answer with what the browser is to have besides.

        A policy of the application's own holds as well: browsers keep to all they are given. An
        address that may hold a session is told to no other site; ``same-origin``, which Django
        sends for its forms' sake, sees to that, too.
        """
        kept = [
            (name, value)
            for name, value in lines
            if name.lower() != "referrer-policy" or value.lower() in _TELLS_NO_OTHER_SITE
        ]
        if not any(name.lower() == "referrer-policy" for name, _ in kept):
            kept.append(("Referrer-Policy", "no-referrer"))
        kept.append(("Content-Security-Policy", self.framing))
        return [*kept, *(("Set-Cookie", cookie) for cookie in self.cookies)]


@frozen
class TurnedAway:
    """The request must not reach the application; this is answered in its place."""

    status: int
    lines: tuple[Line, ...]
    body: bytes

    @property
    def reason(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase


Verdict = Passed | TurnedAway

AWAY = TurnedAway(
    503,
    (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Retry-After", "1"),
        ("X-Content-Type-Options", "nosniff"),
    ),
    "Temporariamente indisponível. Tente de novo em instantes.\n"
    "Temporarily unavailable. Try again in a moment.\n".encode(),
)
"""framegate gives no answer, or none of its own: then nothing is open."""


def verdict(response: httpx.Response) -> Verdict:
    """Read the answer of ``GET /auth/check``; it is never a reason for an error."""
    headers = response.headers
    if response.status_code == HTTPStatus.OK:
        try:
            return Passed(
                Visitor(
                    client=headers["X-Framegate-Client"],
                    session=headers["X-Framegate-Session"],
                    subject=unquote(headers["X-Framegate-Subject"]) or None,
                    metadata=json.loads(headers["X-Framegate-Metadata"] or "null"),
                ),
                cookies=tuple(headers.get_list("Set-Cookie")),
                framing=headers["X-Framegate-Framing"],
            )
        except (KeyError, ValueError):
            return AWAY  # whoever answers 200 to everything must open nothing
    if response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        lines = [line for line in headers.multi_items() if line[0] in _OF_A_REFUSAL]
        return TurnedAway(response.status_code, tuple(lines), response.content)
    return AWAY
