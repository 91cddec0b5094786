"""Waiting for something that other processes bring about."""

import time
from collections.abc import Callable

LONGEST_SECONDS = 60.0
"""Only to end a test that waits in vain: a busy machine stops processes for seconds."""


def until(what: str, condition: Callable[[], bool], seconds: float = LONGEST_SECONDS) -> None:
    """Ask again and again; there is no event that a test could wait for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so after {seconds:.0f} s: {what}"
        time.sleep(0.01)
