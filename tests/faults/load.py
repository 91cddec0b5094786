"""Load: requests that come when they come, whether or not the ones before were answered.

One process, one connection a request. What is slow here would be taken for the server's, so
this is a plain loop over ``epoll`` and nothing more.
"""

import re
import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import attrs

NOW = int(socket.MSG_DONTWAIT)
LINGER_SECONDS = 30.0
MOST_IN_A_ROW = 32
"""After so many, those that were sent before get their turn, however late the next are."""

NO_ANSWER = 0

_LENGTH = re.compile(rb"\ncontent-length: *([0-9]+)", re.IGNORECASE)


@attrs.frozen
class Answered:
    """What became of one request: its status (0 without an answer) and the seconds it took.

    ``at`` is when it was sent, in seconds of ``time.perf_counter``.
    """

    status: int
    seconds: float
    at: float


@attrs.define
class _Pending:
    line: socket.SocketType
    began: float
    received: bytes = b""


def offer(url: str, request: bytes, *, per_second: float, seconds: float) -> list[Answered]:
    """Send ``per_second`` requests for so many ``seconds``, evenly, and wait for the answers."""
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or 0)
    count = int(per_second * seconds)
    start = time.perf_counter()
    with _poller() as poller:
        sent = 0
        while sent < count or poller.pending:
            now = time.perf_counter()
            due = min(count, int((now - start) * per_second) + 1)
            for _ in range(min(due - sent, MOST_IN_A_ROW)):
                poller.begin(address, request)
                sent += 1
            if now - start > seconds + LINGER_SECONDS:
                break
            poller.wait(0.001 if sent < count else 0.05)
        poller.give_up()
        return poller.answers


def keep_busy(url: str, request: bytes, *, at_once: int, seconds: float) -> list[Answered]:
    """Have ``at_once`` requests under way all the time: the most that a server can answer.

    Those that are under way when the time is over are not waited for, and do not count.
    """
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or 0)
    start = time.perf_counter()
    with _poller() as poller:
        while time.perf_counter() - start < seconds:
            while len(poller.pending) < at_once:
                poller.begin(address, request)
            poller.wait(0.05)
        return poller.answers


class _Poller:
    def __init__(self) -> None:
        self.pending: dict[int, _Pending] = {}
        self.answers: list[Answered] = []
        self._epoll = select.epoll()

    def begin(self, address: tuple[str, int], request: bytes) -> None:
        # Without what Python puts around a socket, and without looking the address up each time.
        line = socket.SocketType()
        line.connect(address)
        began = time.perf_counter()
        try:
            line.send(request, NOW)
        except OSError:
            self.answers.append(Answered(NO_ANSWER, time.perf_counter() - began, began))
            line.close()
            return
        self.pending[line.fileno()] = _Pending(line, began)
        self._epoll.register(line.fileno(), select.EPOLLIN | select.EPOLLHUP)

    def wait(self, seconds: float) -> None:
        for fd, _ in self._epoll.poll(seconds):
            one = self.pending[fd]
            try:
                data = one.line.recv(65536, NOW)
            except OSError:
                data = b""
            one.received += data
            whole = _is_whole(one.received)
            if whole or not data:
                self._end(fd, one, int(one.received[9:12]) if whole else NO_ANSWER)

    def give_up(self) -> None:
        """Count those that are still under way as not answered."""
        for fd, one in list(self.pending.items()):
            self._end(fd, one, NO_ANSWER)

    def close(self) -> None:
        for one in self.pending.values():
            one.line.close()
        self._epoll.close()

    def _end(self, fd: int, one: _Pending, status: int) -> None:
        seconds = time.perf_counter() - one.began
        self.answers.append(Answered(status, seconds, one.began))
        one.line.close()  # which the kernel takes for unregistering, too
        del self.pending[fd]


@contextmanager
def _poller() -> Iterator[_Poller]:
    poller = _Poller()
    try:
        yield poller
    finally:
        poller.close()


def _is_whole(received: bytes) -> bool:
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        return False
    length = _LENGTH.search(head)
    return len(body) >= int(length[1] if length else 0)


def statuses(answers: list[Answered]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of them lie; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
