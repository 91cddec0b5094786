"""Looking at something again and again, as long as there is something to look at."""

import asyncio
from collections.abc import Callable
from time import monotonic

from entrypoints.http.limits import HttpLimits

LONGEST_SECONDS = 1.0


class Beat:
    """Has ``look`` end what is overdue by the time it is told, until it says that nothing is left.

    One timer for all: one for each would cost a good part of what a request does.
    """

    def __init__(self, limits: HttpLimits, look: Callable[[float], bool]) -> None:
        shortest = min(limits.first_request, limits.body, limits.keep_alive)
        self._seconds = min(LONGEST_SECONDS, shortest / 4)
        self._look = look
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Look from now on, if nobody does so already."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._pass)

    def end(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _pass(self) -> None:
        self._timer = None
        goes_on = True  # also where looking has failed
        try:
            goes_on = self._look(monotonic())
        finally:
            if goes_on:
                self.begin()
