"""Who is let in when many come at once.

A server that takes on more than it can do makes everybody wait, and in the end answers
nobody in time. So the number of requests that are worked on is bounded, and who comes on top
of it is told at once to come again: RFC 9110 section 15.6.4; "Fail at Scale", ACM Queue
13(8), 2015, for the two bounds, a wide one for a burst, a narrow one for what does not end.

Whoever is slow to send a body or to read an answer is no work meanwhile, and does not count:
a few such would otherwise keep everybody out.
"""

import time
from collections.abc import Callable

import structlog
from attrs import define, field

from domain.errors import FramegateError

STANDING = 32
"""So many in flight keep a worker busy; more of them, for long, only wait for each other."""

BURST_SECONDS = 0.25
CALM_SECONDS = 1.0
TOLD_EVERY_SECONDS = 1.0

_log = structlog.stdlib.get_logger("framegate.server")


class Overloaded(FramegateError):
    """The server has too much to do. Nothing was looked up or changed."""


@define
class Admission:
    """Admits ``most`` requests at once for a moment, and ``STANDING`` of them for good.

    The moment is over after a quarter of a second, and there is another one only after a
    whole second in which nobody had to wait for it. The log is told at most once a second,
    with how many have been turned away since it was told last.
    """

    most: int
    _now: Callable[[], float] = time.monotonic
    _busy: set[object] = field(init=False, factory=set)
    _crowded_at: float = field(init=False, default=float("-inf"))
    _burst_began: float = field(init=False, default=float("-inf"))
    _told_at: float = field(init=False, default=float("-inf"))
    _turned_away: int = field(init=False, default=0)

    def begin(self, request: object) -> None:
        """Take note that there is all there is to a request: from now on it is work."""
        self._busy.add(request)

    def end(self, request: object) -> None:
        """Take note that it is no more work; saying so twice does no harm."""
        self._busy.discard(request)

    def admits(self, request: object = None, *, arriving: int = 0) -> bool:
        """Tell whether a request may come in beside the others, of which some only arrive."""
        in_flight = len(self._busy) - (request in self._busy) + arriving
        if in_flight < min(STANDING, self.most):
            return True
        now = self._now()
        if now - self._crowded_at > CALM_SECONDS:
            self._burst_began = now
        self._crowded_at = now
        if in_flight < self.most and now - self._burst_began < BURST_SECONDS:
            return True
        self._tell(now, in_flight)
        return False

    def _tell(self, now: float, in_flight: int) -> None:
        # One line a second: a line for each would be work on top of too much work.
        self._turned_away += 1
        if now - self._told_at >= TOLD_EVERY_SECONDS:
            _log.warning("overloaded", turned_away=self._turned_away, in_flight=in_flight)
            self._told_at, self._turned_away = now, 0
