"""The head of an answer: its header lines, put together and written down once."""

from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus

from attrs import frozen
from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPConnection, HTTPHeaders, ResponseStartLine

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
        lines = tuple(lines)
        return cls(lines, b"".join(map(_encoded, lines)))

    def plus(self, *lines: Line) -> "Head":
        """Return a head with more lines at its end. Raises as ``of`` does."""
        return Head(self.lines + lines, self.encoded + b"".join(map(_encoded, lines)))


class EncodedHeaders(HTTPHeaders):
    """Headers of which only the bytes are known, for a connection that takes ``encoded``."""

    def __init__(self, encoded: bytes) -> None:
        super().__init__()
        self.encoded = encoded


def headers_for(connection: HTTPConnection, before: Line, head: Head, *after: Line) -> HTTPHeaders:
    """Return headers as the connection likes them best."""
    if isinstance(connection, HTTP1Connection):  # Tornado's own, which goes from line to line
        headers = HTTPHeaders()
        for name, value in (before, *head.lines, *after):
            headers[name] = value
        return headers
    return EncodedHeaders(_encoded(before) + head.encoded + b"".join(map(_encoded, after)))


@lru_cache
def start_line(status: int) -> ResponseStartLine:
    """Return the first line of an answer."""
    return ResponseStartLine("HTTP/1.1", status, HTTPStatus(status).phrase)


def _encoded(line: Line) -> bytes:
    name, value = line
    if "\r" in value or "\n" in value:
        message = f"a line break in {name}"
        raise ValueError(message)
    return f"{name}: {value}\r\n".encode("latin-1")
