"""The way of finished log lines to where they are read."""

import asyncio
import os
from collections.abc import Callable
from typing import Any, TextIO

from domain.hiding import hide_secrets
from entrypoints.log_backlog import Backlog
from entrypoints.log_line import as_json, line_of
from entrypoints.log_passage import Passage


class Out:
    """Makes and writes lines, those of one pass of the event loop together.

    To write is a system call, and the audit log has a line for each request. To make several in
    a row takes half the time of making each between other things. Without a running loop a line
    leaves at once. Made before the workers are, it writes for one of them at a time.

    A reader that takes its time is waited for by the backlog, and by nobody else.
    """

    def __init__(self, stream: TextIO) -> None:
        self._passage = Passage(stream)
        self._backlog = Backlog(self._passage.write, _told_loss)
        self._begin()
        os.register_at_fork(after_in_child=self._begin)  # what was lost is the parent's to tell
        self._kept: list[tuple[Callable[..., str], tuple[Any, ...]]] = []

    def _begin(self) -> None:
        self._lost = self._untold = 0

    @property
    def lost(self) -> int:
        """How many lines this process has lost."""
        return self._lost + self._backlog.lost

    def write(self, line: str) -> None:
        """Take a line, to be written when the event loop comes around."""
        self.write_later(str, line)

    def write_later(self, make: Callable[..., str], *args: Any) -> None:
        """Take what is going to make a line, or several, of ``args``, when it is written."""
        self._kept.append((make, args))
        if len(self._kept) > 1:
            return
        try:
            asyncio.get_running_loop().call_soon(self.flush)
        except RuntimeError:
            self.flush()

    def flush(self) -> None:
        """Write all that there is, looked over once more, whatever is in it.

        What cannot be written is lost, and told of with the next that can.
        """
        if self._kept:
            kept, self._kept = self._kept, []
            made = "\n".join([self._made(make, args) for make, args in kept])
            text = hide_secrets(made).encode(errors="backslashreplace") + b"\n"
            if self._backlog.is_open:
                self._backlog.add(text)
            else:
                self._write_at_once(text)

    def drain(self, seconds: float) -> None:
        """Wait for the reader to take what there is, for no longer than that."""
        self._backlog.drain(seconds)

    def _write_at_once(self, text: bytes) -> None:
        told = _told_loss(self._untold) if self._untold else b""
        try:
            rest = self._passage.write_at_once(told + text)
        except OSError:  # nobody reads any longer, or there is no room: serving goes on
            lines = text.count(b"\n")
            self._lost += lines
            self._untold += lines
        else:
            self._untold = 0
            if rest:
                self._backlog.add(rest)

    def _made(self, make: Callable[..., str], args: tuple[Any, ...]) -> str:
        try:
            return make(*args)
        except Exception as error:  # noqa: BLE001 one line that cannot be made must not cost others
            self._lost += 1
            return _loss(problem=type(error).__name__)


def _told_loss(lines: int) -> bytes:
    return f"{_loss(lines=lines)}\n".encode()


def _loss(**facts: object) -> str:
    return as_json(line_of("error", "log_line_lost", facts, "framegate.logs"))
