"""A browser that stands still, with all its processes, as when a computer sleeps."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stopped(leader: int) -> Iterator[None]:
    """Stop the process group of ``leader``, and let it go on afterwards."""
    os.killpg(leader, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(leader, signal.SIGCONT)
