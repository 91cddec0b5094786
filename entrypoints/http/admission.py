"""Who is let in when many come at once.

A server that takes on more than it can do makes everybody wait, and in the end answers
nobody in time. So the number of requests that are worked on is bounded, and who comes on top
of it is told at once to come again (RFC 9110 section 15.6.4). There are two bounds, as in
"Fail at Scale", ACM Queue 13(8), 2015: a wide one for a crowd, and a narrow one for a crowd
that does not pass. It has passed when the event loop has had time to spare.

Whoever is slow to send a body or to read an answer is no work meanwhile, and does not count:
a few such would otherwise keep everybody out.
"""

import time
from collections.abc import Callable

from attrs import define, field

from domain.errors import FramegateError
from entrypoints.rarely import Rarely, later

STANDING = 64
"""So many at once keep a worker busy, where 32 leave it a tenth of its time to wait for Redis;
more of them, for long, only wait for each other."""

PATIENCE_SECONDS = 0.25
"""A crowd that has not passed in this time is one that does not."""

BEAT_SECONDS = 0.005
LATE_SECONDS = 0.002
BEATS_IN_TIME = 4
"""A crowd has passed when the loop was in time for so many beats in a row."""


class Overloaded(FramegateError):
    """The server has too much to do. Nothing was looked up or changed."""


@define
class Admission:
    """Admits ``most`` requests at once while a crowd is new, and ``STANDING`` when it stays."""

    most: int
    _now: Callable[[], float] = time.monotonic
    _later: Callable[[float, Callable[[], None]], None] = later
    _shed: Callable[[], None] = lambda: None
    _busy: set[object] = field(init=False, factory=set)
    _crowded_since: float | None = field(init=False, default=None)
    _due: float = field(init=False, default=0.0)
    _in_time: int = field(init=False, default=0)
    _overloaded: Rarely = field(init=False)

    @_overloaded.default
    def _warns(self) -> Rarely:
        return Rarely("overloaded", self._later)

    def begin(self, request: object) -> None:
        """Take note that there is all there is to a request: from now on it is work."""
        self._busy.add(request)

    def end(self, request: object) -> None:
        """Take note that it is no more work; saying so twice does no harm."""
        self._busy.discard(request)

    def admits(self, request: object = None, *, arriving: int = 0) -> bool:
        """Tell whether a request may come in beside the others, of which some only arrive."""
        others = len(self._busy) + arriving
        if request is not None and request in self._busy:
            others -= 1
        if others < STANDING and others < self.most:
            return True
        now = self._now()
        if self._crowded_since is None:
            self._crowded_since, self._in_time = now, 0
            self._wait_for_the_next_beat(now)
        return others < self.most and now - self._crowded_since < PATIENCE_SECONDS

    def turned_away(self) -> None:
        """Take note that somebody was."""
        self._shed()
        self._overloaded.warn(in_flight=len(self._busy))

    def _wait_for_the_next_beat(self, now: float) -> None:
        self._due = now + BEAT_SECONDS
        self._later(BEAT_SECONDS, self._beat)

    def _beat(self) -> None:
        now = self._now()
        self._in_time = self._in_time + 1 if now - self._due < LATE_SECONDS else 0
        if self._in_time < BEATS_IN_TIME:
            self._wait_for_the_next_beat(now)
        else:
            self._crowded_since = None
