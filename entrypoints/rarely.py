"""Log lines for what may happen thousands of times a second."""

import asyncio
from collections.abc import Callable

import structlog

EVERY_SECONDS = 1.0

_log = structlog.stdlib.get_logger("framegate.server")


def later(seconds: float, call: Callable[[], None]) -> None:
    """Have the event loop call back."""
    asyncio.get_running_loop().call_later(seconds, call)


class Rarely:
    """Warns of an event at once, and then once a second of how many ``times`` it was.

    A line for each would be work on top of too much work, and bury all others.
    """

    def __init__(
        self, event: str, later: Callable[[float, Callable[[], None]], None] = later
    ) -> None:
        self._event = event
        self._later = later
        self._times = 0
        self._facts: dict[str, object] = {}
        self._resting = False

    def warn(self, **facts: object) -> None:
        """Take note of one more; the facts of the last one are told."""
        self._times += 1
        self._facts = facts
        if not self._resting:
            self._say()

    def _say(self) -> None:
        self._resting = self._times > 0
        if self._resting:
            _log.warning(self._event, times=self._times, **self._facts)
            self._times = 0
            self._later(EVERY_SECONDS, self._say)
