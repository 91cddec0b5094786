"""Standard output that says whose fault it is when nothing can be written."""

import os
import sys
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import Any


class OutputFailed(OSError):
    """An answer could not be written; ``strerror`` says why."""


def tell_failures_of_output() -> None:
    """Have standard output raise ``OutputFailed``, and one that is closed as well.

    But for a pipe whose reader has gone: that is nothing to speak of.
    """
    given = sys.stdout
    if given is None:  # Python's way to say that it was closed before the start
        raw = _Output(os.open(os.devnull, os.O_RDONLY), "wb")
        sys.stdout = TextIOWrapper(BufferedWriter(raw), encoding="utf-8")
    elif given is sys.__stdout__ and isinstance(given, TextIOWrapper):
        raw = _Output(given.fileno(), "wb", closefd=False)
        sys.stdout = TextIOWrapper(
            BufferedWriter(raw),
            encoding=given.encoding,
            errors=given.errors,
            line_buffering=given.line_buffering,
            write_through=given.write_through,
        )


def give_up_output() -> None:
    """Let go of what could not be written, which Python would try again when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Output(FileIO):
    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputFailed(error.errno, error.strerror) from error
