"""Where the body of a request ends."""

import re
from abc import ABC, abstractmethod

from attrs import define

from entrypoints.http.transport.fields import MalformedError

# Tornado's rule, and not that of llhttp, which takes extensions and trailers: two servers
# that disagree about where a body ends are how requests are smuggled.
_SIZE = re.compile(rb"([0-9a-fA-F]{1,62})\r\n")
_UNFINISHED_SIZE = re.compile(rb"[0-9a-fA-F]{0,62}\r?")
_LINE_END = b"\r\n"


class Body(ABC):
    """What is still to come of a body. ``size`` is what is known of it so far."""

    size: int
    over: bool

    @abstractmethod
    def take(self, data: bytes) -> tuple[bytes, bytes]:
        """Split ``data`` into content and what is left over. Raises ``MalformedError``."""


@define
class SizedBody(Body):
    """A body that has told its size."""

    size: int
    _received: int = 0
    over: bool = False

    def take(self, data: bytes) -> tuple[bytes, bytes]:
        content = data[: self.size - self._received]
        self._received += len(content)
        self.over = self._received == self.size
        return content, data[len(content) :]


@define
class ChunkedBody(Body):
    """Chunks up to one that is empty; without extensions and trailers."""

    size: int = 0
    over: bool = False
    _left: int = 0
    _is_last: bool = False
    _awaits_line_end: bool = False

    def take(self, data: bytes) -> tuple[bytes, bytes]:
        parts: list[bytes] = []
        at = 0
        while not self.over and at < len(data):
            if self._left:
                parts.append(data[at : at + self._left])
                at += len(parts[-1])
                self._left -= len(parts[-1])
            elif self._awaits_line_end:
                end = data[at : at + 2]
                if end != _LINE_END:
                    _check(begins=_LINE_END.startswith(end))
                    break
                at += 2
                self._awaits_line_end = False
                self.over = self._is_last
            else:
                line = _SIZE.match(data, at)
                if line is None:
                    _check(begins=_UNFINISHED_SIZE.fullmatch(data, at) is not None)
                    break
                at = line.end()
                self._begin(int(line[1], 16))
        return b"".join(parts), data[at:]

    def _begin(self, size: int) -> None:
        self.size += size
        self._left = size
        self._is_last = not size
        self._awaits_line_end = True


def _check(*, begins: bool) -> None:
    if not begins:
        raise MalformedError
