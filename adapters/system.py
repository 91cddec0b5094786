"""The operating system's clock and randomness."""

import secrets
import time

from application.ports import Clock, Randomness


class SystemClock(Clock):
    """Wall-clock time."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000


class SystemRandomness(Randomness):
    """The operating system's cryptographically secure generator."""

    def secret(self, size: int) -> bytes:
        return secrets.token_bytes(size)
