"""Keeps a server from storming a Redis that does not answer."""

import random
import time
from collections.abc import Callable

LOST_IN_A_ROW = 5
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 0.5


class Breaker:
    """Lets callers through until several in a row have had no answer; then one at a time.

    Between two tries lies a pause that doubles up to half a second. Each is shortened by
    chance to as little as half (jitter), so that many workers that have lost the same Redis
    do not come back to it in step. Whoever comes during a pause is turned away at once.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        chance: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._now = now
        self._chance = chance
        self._lost = 0
        self._pause = 0.0
        self._until = 0.0
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether callers are turned away, but for one who tries from time to time."""
        return self._pause > 0

    def admits(self, seconds: float) -> bool:
        """Tell whether to try. A try after a pause has ``seconds`` before the next."""
        if not self._pause:
            return True
        now = self._now()
        if now < self._until:
            return False
        self._until = now + seconds
        self._trying = True
        return True

    def answered(self) -> None:
        """Take note of an answer, whatever it said."""
        self._lost = 0
        self._pause = 0.0

    def lost(self) -> None:
        """Take note of a try without an answer."""
        self._lost += 1
        if not self._pause and self._lost >= LOST_IN_A_ROW:
            self._pause = FIRST_PAUSE_SECONDS
        elif self._pause and self._trying:
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        else:
            return  # one of those that were under way when the pause began
        self._trying = False
        self._until = self._now() + self._chance(self._pause / 2, self._pause)
