"""The head of an answer: its header lines, put together and written down once."""

import time
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus

from attrs import frozen
from tornado.httputil import format_timestamp

Line = tuple[str, str]


@frozen
class Head:
    """Header lines in their order, and the bytes that they are on the wire.

    ``Date``, ``Content-Length`` and ``Connection`` are for whoever sends the answer.
    """

    lines: tuple[Line, ...]
    encoded: bytes

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "Head":
        """Write the lines down. Raises ``ValueError`` where a value would begin another line."""
        return cls((), b"").plus(*lines)

    def plus(self, *lines: Line) -> "Head":
        """Return a head with more lines at its end. Raises as ``of`` does."""
        normal = tuple([(_normal(name), value) for name, value in lines])
        return Head(self.lines + normal, self.encoded + b"".join(map(_encoded, normal)))

    def dated(self) -> bytes:
        """Return the bytes of an answer made now: ``Date``, then the lines."""
        return date_line() + self.encoded


def date_now() -> str:
    """Return the value of ``Date``: when the answer is made."""
    return _date(int(time.time()))[0]


def date_line() -> bytes:
    """Return the line that says so."""
    return _date(int(time.time()))[1]


@lru_cache(maxsize=2)
def _date(second: int) -> tuple[str, bytes]:
    date = format_timestamp(second)
    return date, _encoded(("Date", date))


def _encoded(line: Line) -> bytes:
    name, value = line
    if "\r" in value or "\n" in value:
        message = f"a line break in {name}"
        raise ValueError(message)
    return f"{name}: {value}\r\n".encode("latin-1")


@lru_cache
def _normal(name: str) -> str:
    """Return the name as Tornado writes all names: ``Http-Header-Case``."""
    return "-".join(word.capitalize() for word in name.split("-"))


@lru_cache
def status_line(code: int, reason: str | None = None) -> bytes:
    """Write down the first line of an answer. Raises ``ValueError`` as heads do."""
    if reason is None:
        reason = HTTPStatus(code).phrase
    if "\r" in reason or "\n" in reason:
        raise ValueError("a line break in the reason")
    return f"HTTP/1.1 {code} {reason}\r\n".encode()
