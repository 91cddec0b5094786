"""Processes in a tree and among mounts of their own, as in a container: as root, on Linux."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.waiting import until

needs_mounts = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="mounting takes root on Linux"
)


@contextmanager
def running_tree(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[int]:
    """Run a command that becomes ``unshare --pid --fork``; in the end, end all that it started.

    Yields the id, seen from outside, of what is the first process inside.
    """
    with (
        log.open("wb") as written,
        subprocess.Popen(command, env=environment, stdout=written, stderr=written) as outside,
    ):
        children = Path(f"/proc/{outside.pid}/task/{outside.pid}/children")
        until("the tree has a first process", lambda: bool(children.read_text()))
        first = int(children.read_text())
        try:
            yield first
        finally:
            with suppress(ProcessLookupError):
                os.kill(first, signal.SIGKILL)  # and with it all others of its tree
