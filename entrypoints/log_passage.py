"""The way to whoever reads the log, which several processes share."""

import os
import stat
from collections.abc import Iterator
from select import PIPE_BUF, POLLOUT, poll
from typing import TextIO

from entrypoints.turn import Turn

TRIES = 20
"""So often a turn is tried to be had at once: another process needs it for some microseconds."""


class Passage:
    """Writes for one process at a time, of those forked after this was made.

    A pipe, a socket or a terminal whose reader has stopped reading takes nothing more, and a
    plain write would wait for it. What is known to fit is written at once: up to ``PIPE_BUF``
    where it is ready, and that in one piece (POSIX, ``poll`` and ``write``).
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._turn = Turn()
        self._file = _descriptor_of(stream)
        self._ready: poll | None = None
        if self._file is not None and not stat.S_ISREG(os.fstat(self._file).st_mode):
            self._ready = poll()
            self._ready.register(self._file, POLLOUT)

    def write_at_once(self, text: bytes) -> bytes:
        """Write what need not wait; return the rest. Raises ``OSError``."""
        if self._ready is None:
            self.write(text)
            return b""
        if not any(self._turn.take_if_free() for _ in range(TRIES)):
            return text
        try:
            for piece in _pieces(text):
                if len(piece) > PIPE_BUF or not self._ready.poll(0):
                    break
                self._write(piece)
                text = text[len(piece) :]
        finally:
            self._turn.give_back()
        return text

    def write(self, text: bytes) -> None:
        """Write all of it, however long that takes. Raises ``OSError``."""
        for piece in _pieces(text):
            with self._turn:
                self._write(piece)

    def _write(self, text: bytes) -> None:
        if self._file is None:
            self._stream.write(text.decode())
            self._stream.flush()
            return
        while text:
            text = text[os.write(self._file, text) :]


def _descriptor_of(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except OSError:  # a stream in memory
        return None


def _pieces(text: bytes) -> Iterator[bytes]:
    """Cut it between lines into pieces that are no larger than need be."""
    start = 0
    while start < len(text):
        end = text.rfind(b"\n", start, start + PIPE_BUF) + 1
        if not end:
            end = text.find(b"\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
