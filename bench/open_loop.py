"""Requests that come when they come, and not when the server has time for them.

wrk sends the next request when the last is answered: while a server stands still nobody
asks, and what nobody asked does not count. Here the times of sending are decided before,
and a latency counts from then, however long the request had to wait to be sent.
"""

import re
import select
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random
from typing import Protocol
from urllib.parse import urlsplit

from attrs import define, field, frozen

from bench.wrk import CONNECTIONS, Spoilt
from tests.support.framegate_server import KEYS

LONGEST_WAIT_SECONDS = 10.0

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CREATED = re.compile(rb'"session_id": *"([^"]+)".*"iframe_url"', re.DOTALL)


def arrivals(rate: float, seconds: float, seed: str) -> list[float]:
    """Return when to send, from 0 on: so many a second, and as irregular as visitors are."""
    random = Random(seed)  # noqa: S311 - nothing secret, and the same for all contestants
    gaps = (random.expovariate(rate) for _ in range(int(rate * seconds)))
    return list(accumulate(gaps))


class Asking(Protocol):
    """What is asked for."""

    def request(self, host: str) -> bytes:
        """Return the next request; ``host`` is a whole header line."""

    def learn(self, answer: bytes) -> None:
        """Take note of an answer, which is a 200."""


@define(eq=False)
class Flow(Asking):
    """Create and redeem: what has been created and not yet redeemed comes first."""

    _ids: list[str] = field(factory=list)

    def request(self, host: str) -> bytes:
        if self._ids:
            line = f"GET /auth/validate-session?session_id={self._ids.pop()} HTTP/1.1\r\n"
            return f"{line}{host}\r\n".encode()
        line = f"POST /auth/create-session HTTP/1.1\r\nAuthorization: Bearer {KEYS.portal}\r\n"
        return f"{line}{host}Content-Length: 0\r\n\r\n".encode()

    def learn(self, answer: bytes) -> None:
        if created := _CREATED.search(answer):
            self._ids.append(created[1].decode())


@frozen
class Again(Asking):
    """One path, over and over, with one cookie."""

    path: str
    cookie: str

    def request(self, host: str) -> bytes:
        return f"GET {self.path} HTTP/1.1\r\n{host}Cookie: {self.cookie}\r\n\r\n".encode()

    def learn(self, answer: bytes) -> None:
        """Nothing is to be learnt."""


def latencies(url: str, times: Sequence[float], asking: Asking | None = None) -> list[float]:
    """Ask at these times, for the flow unless told; return the seconds that each took.

    Raises ``Spoilt``.
    """
    visitors = _Visitors(url, asking or Flow())
    try:
        return list(visitors.run(times))
    finally:
        visitors.leave()


@define(eq=False)
class _Visitor:
    """One connection, and the request on it."""

    line: socket.socket
    due: float = 0.0
    received: bytearray = field(factory=bytearray)

    def fileno(self) -> int:
        return self.line.fileno()

    def answer(self) -> bytes | None:
        """Read what has come; return the answer if that was all of it."""
        data = self.line.recv(65536)
        if not data:
            raise Spoilt("the server has hung up")
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or not length or len(body) < int(length[1]):
            return None
        whole = bytes(self.received)
        self.received.clear()
        return whole


class _Visitors:
    """All connections, and what they ask for."""

    def __init__(self, url: str, asking: Asking) -> None:
        place = urlsplit(url)
        address = (place.hostname, place.port)
        self._host = f"Host: {place.netloc}\r\n"
        self._idle = [_Visitor(socket.create_connection(address)) for _ in range(CONNECTIONS)]
        self._asking: list[_Visitor] = []
        self._asks = asking

    def run(self, times: Sequence[float]) -> Iterator[float]:
        start = time.monotonic()
        waiting = deque(start + each for each in times)
        while waiting or self._asking:
            while waiting and self._idle and waiting[0] <= time.monotonic():
                self._send(waiting.popleft())
            yield from self._take(self._patience(waiting))

    def leave(self) -> None:
        for visitor in self._idle + self._asking:
            visitor.line.close()

    def _patience(self, waiting: deque[float]) -> float:
        """Until the next is to be sent, if there is a connection to send it on."""
        if waiting and self._idle:
            return max(0.0, waiting[0] - time.monotonic())
        return LONGEST_WAIT_SECONDS

    def _send(self, due: float) -> None:
        visitor = self._idle.pop()
        visitor.due = due
        visitor.line.sendall(self._asks.request(self._host))
        self._asking.append(visitor)

    def _take(self, patience: float) -> Iterator[float]:
        # select() and not poll(): that one counts in whole milliseconds.
        ready, _, _ = select.select(self._asking, [], [], patience)
        if self._asking and not ready and patience >= LONGEST_WAIT_SECONDS:
            raise Spoilt(f"no answer for {patience:.0f} s")
        for visitor in ready:
            answer = visitor.answer()
            if answer is None:
                continue
            yield time.monotonic() - visitor.due
            self._asking.remove(visitor)
            self._idle.append(visitor)
            if b" 200 " not in answer[:16]:
                raise Spoilt(f"not a 200: {answer[:300]!r}")
            self._asks.learn(answer)
