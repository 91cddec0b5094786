"""One process after the other."""

import fcntl
import os
import sys
import tempfile
import weakref


class Turn:
    """A context that one process at a time is in, of those forked after this was made.

    What is written to a pipe is one piece only up to ``PIPE_BUF``, 4 KiB on Linux (POSIX,
    ``write``): without turns, what several processes write meets in the middle of a line as
    soon as the reader is slow. The kernel takes the turn from a process that dies.
    """

    def __init__(self) -> None:
        self._file = _nameless_file()
        weakref.finalize(self, os.close, self._file).atexit = False  # there may be last lines

    def take_if_free(self) -> bool:
        """Take the turn where that needs no waiting; tell whether it did."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def give_back(self) -> None:
        """Let another process have it."""
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.give_back()


def _nameless_file() -> int:
    if sys.platform == "linux":  # in memory: there need not be a folder that can be written to
        return os.memfd_create("framegate-turn")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
