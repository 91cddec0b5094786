"""What the memory store keeps of failed attempts."""

from domain.attempt import Attempt
from domain.rate import Window


class Failures:
    """Counts the failures of each who has had one within the window."""

    def __init__(self) -> None:
        self._windows: dict[str, Window] = {}

    def count(self, attempt: Attempt, now: int) -> None:
        """Take note of a failure, and drop the windows that have ended.

        Raises ``RateLimited`` where there have been too many.
        """
        window = self._windows.get(attempt.who, Window()).admit(now, attempt.rate)
        self._windows.pop(attempt.who, None)
        self._windows[attempt.who] = window.counted()
        while next(iter(self._windows.values())).ends_at <= now:
            del self._windows[next(iter(self._windows))]
