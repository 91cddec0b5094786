"""A shell in a terminal of its own, and somebody who types."""

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.waiting import LONGEST_SECONDS


class Terminal:
    """What a program shows in a terminal, and what is typed into it."""

    def __init__(self, keyboard: int) -> None:
        self._keyboard = keyboard
        self._shown = ""

    def type(self, text: str) -> None:
        os.write(self._keyboard, text.encode())

    def wait_for(self, pattern: str) -> str:
        """Wait until something is shown, and return it with all that came before it."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while not (found := re.search(pattern, self._shown)):
            assert time.monotonic() < deadline, f"no {pattern} in: {self._shown!r}"
            if select.select([self._keyboard], [], [], 1)[0]:
                self._shown += self._read()
        shown, self._shown = self._shown[: found.end()], self._shown[found.end() :]
        return shown

    def _read(self) -> str:
        try:
            return os.read(self._keyboard, 65536).decode(errors="replace")
        except OSError:  # the program has ended: what it had to show has been shown
            pytest.fail(f"it ended, having shown: {self._shown!r}")


@contextmanager
def terminal(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> Iterator[Terminal]:
    """Run a command in a terminal, and end it in the end."""
    keyboard, screen = pty.openpty()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=screen,
        stdout=screen,
        stderr=screen,
        start_new_session=True,
    ) as process:
        os.close(screen)
        try:
            yield Terminal(keyboard)
        finally:
            process.kill()
            os.close(keyboard)
