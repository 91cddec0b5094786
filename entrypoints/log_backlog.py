"""Log lines whose reader takes its time."""

import os
import threading
from collections import deque
from collections.abc import Callable

MOST_LINES = 10_000
"""So many wait: some megabytes. More are lost."""


class Backlog:
    """Writes what could not be written at once, in a thread and in order, however long it takes.

    ``write`` may block. As long as ``is_open`` all that follows has to come here as well. Beyond
    a number of lines the latest are lost, and what ``tell_loss`` makes of how many they were is
    written in their place.
    """

    def __init__(self, write: Callable[[bytes], None], tell_loss: Callable[[int], bytes]) -> None:
        self._write = write
        self._tell_loss = tell_loss
        self._begin()
        os.register_at_fork(after_in_child=self._begin)  # what waits is the parent's to write

    def _begin(self) -> None:
        # Signal handlers log as well, and may come while the same thread is in here.
        self._changes = threading.Condition(threading.RLock())
        self._waiting: deque[tuple[bytes, int]] = deque()
        self._lines = 0
        self.lost = 0  # in all
        self._untold = 0
        self._thread: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is anything that has not been written yet."""
        return bool(self._waiting)

    def add(self, text: bytes) -> None:
        """Take lines, to be written after all that are here."""
        lines = text.count(b"\n")
        with self._changes:
            if self._lines >= MOST_LINES:
                self._lose(lines)
                return
            self._tell_of_loss()
            self._append(text, lines)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="log", daemon=True)
                self._thread.start()

    def drain(self, seconds: float) -> None:
        """Wait until all is written, for no longer than that."""
        with self._changes:
            self._changes.wait_for(lambda: not self._waiting, seconds)

    def _work(self) -> None:
        while True:
            with self._changes:
                self._changes.wait_for(lambda: self._waiting)
                text, lines = self._waiting[0]
            lost = 0
            try:
                self._write(text)
            except OSError:  # nobody reads any longer, or there is no room: serving goes on
                lost = lines
            with self._changes:
                self._lose(lost)
                if not lost and len(self._waiting) == 1:
                    self._tell_of_loss()
                self._waiting.popleft()
                self._lines -= lines
                self._changes.notify_all()

    def _tell_of_loss(self) -> None:
        if self._untold:
            self._append(self._tell_loss(self._untold), 0)
            self._untold = 0

    def _lose(self, lines: int) -> None:
        self.lost += lines
        self._untold += lines

    def _append(self, text: bytes, lines: int) -> None:
        self._waiting.append((text, lines))
        self._lines += lines
        self._changes.notify_all()
