"""HTTP as a hostile client speaks it: any bytes, and everything that comes back."""

import random
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import attrs

PATIENCE_SECONDS = 60.0
"""Longer than any time-out of the server: whoever is still waiting then has been left hanging."""

HANGS = "the server neither answered nor closed the connection"

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3}) [A-Za-z ()-]+")
_FIELD_LINE = re.compile(rb"([A-Za-z-]+): ?([\x20-\x7e]*)")


@attrs.frozen
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


def replies_in(raw: bytes, *, to_head: bool = False) -> list[Reply]:
    """Take apart what came back. Anything but whole, well-formed answers is an assertion.

    The first answer ``to_head`` has a length and no body.
    """
    replies: list[Reply] = []
    while raw:
        head, blank, rest = raw.partition(b"\r\n\r\n")
        assert blank, f"half an answer: {raw[:200]!r}"
        first, *lines = head.split(b"\r\n")
        status = _STATUS_LINE.fullmatch(first)
        assert status, f"not the first line of an answer: {first[:200]!r}"
        fields = [_FIELD_LINE.fullmatch(line) for line in lines]
        assert all(fields), f"not the head of an answer: {head[:500]!r}"
        headers = {f[1].decode().title(): f[2].decode() for f in fields if f}
        assert len(headers) == len(fields), f"a header stands twice: {head[:500]!r}"
        bodiless = to_head and not replies
        length = 0 if bodiless else int(headers.get("Content-Length", "0"))
        assert len(rest) >= length, f"half a body: {raw[:500]!r}"
        replies.append(Reply(int(status[1]), headers, rest[:length]))
        raw = rest[length:]
    return replies


class Line:
    """One connection. The server may close it at any moment, and that is no error here."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.ended = False

    def send(self, data: bytes) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self._connection.sendall(data)

    def say_no_more(self) -> None:
        """Close our half of the connection; the server's stays open."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)

    def hear(self) -> bytes:
        """Return what has come next, ``b""`` where the server has closed the connection."""
        try:
            data = self._connection.recv(65536)
        except ConnectionResetError:
            data = b""
        self.ended = not data
        return data

    def hear_all(self) -> bytes:
        """Return everything up to the end of the connection, which the server has to bring."""
        heard = b""
        try:
            while data := self.hear():
                heard += data
        except TimeoutError as error:
            raise AssertionError(HANGS) from error
        return heard

    def hear_for(self, seconds: float) -> bytes:
        """Return what comes until nothing has come for so long, or the connection ends."""
        heard = b""
        self._connection.settimeout(seconds)
        with suppress(TimeoutError):
            while data := self.hear():
                heard += data
        self._connection.settimeout(PATIENCE_SECONDS)
        return heard


@contextmanager
def line_to(url: str) -> Iterator[Line]:
    parts = urlsplit(url)
    assert parts.port
    with socket.create_connection(("127.0.0.1", parts.port), PATIENCE_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield Line(connection)


def exchange(url: str, *parts: bytes) -> bytes:
    """Send the parts over one connection and return all that comes back."""
    with line_to(url) as line:
        for part in parts:
            line.send(part)
        return line.hear_all()


def cut_up(data: bytes, cuts: int, randomness: random.Random) -> list[bytes]:
    """Cut the bytes at so many random places, into parts that are sent one by one."""
    places = sorted(randomness.randrange(len(data) + 1) for _ in range(cuts))
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
