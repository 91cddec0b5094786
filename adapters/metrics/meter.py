"""Counts and timings of one worker. See docs/adr/0018."""

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import orjson
from attrs import asdict, field, frozen

from domain.alerts import Ongoing
from domain.client import NOBODY

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Seconds, the upper ends of the buckets that timings are sorted into; the last has none."""

Key = tuple[str, ...]
"""The name of a metric, and the values of its labels."""

Gauge = Callable[[], float]


@frozen
class State:
    """What a worker has counted so far, and how things stand with it."""

    pid: int = 0
    counts: Mapping[Key, int] = field(factory=dict)
    timings: Mapping[Key, list[float]] = field(factory=dict)
    gauges: Mapping[Key, float] = field(factory=dict)
    alerts: Sequence[Ongoing] = ()

    def packed(self) -> bytes:
        """Write it down."""
        alerts = [asdict(alert) for alert in self.alerts]
        keyed = ([*facts.items()] for facts in (self.counts, self.timings, self.gauges))
        return orjson.dumps((self.pid, *keyed, alerts))

    @classmethod
    def unpacked(cls, packed: bytes) -> "State":
        """Read what ``packed`` has written."""
        pid, counts, timings, gauges, alerts = orjson.loads(packed)
        return cls(
            pid,
            {tuple(key): count for key, count in counts},
            {tuple(key): timing for key, timing in timings},
            {tuple(key): gauge for key, gauge in gauges},
            [Ongoing(**alert) for alert in alerts],
        )


def no_time() -> list[float]:
    """Return a timing of nothing: how many fell into each bucket, and the seconds in all."""
    return [0.0] * (len(BOUNDS) + 2)


class Timing:
    """How long something took each time.

    A request only leaves a number behind: ``take`` it, in seconds. Sorted into buckets they are
    when somebody asks, many at once, which takes a tenth of what each alone would.
    """

    __slots__ = ("_known", "_taken", "take")

    def __init__(self) -> None:
        self._known = no_time()
        self._taken = array("d")  # numbers that no object is kept for
        self.take = self._taken.append

    def so_far(self) -> list[float]:
        """Return how many fell into each bucket, and the sum at the end."""
        if taken := sorted(self._taken):
            del self._taken[:]
            below = [*(bisect_right(taken, bound) for bound in BOUNDS), len(taken)]
            each = [more - less for less, more in pairwise([0, *below])]
            self._known = added(self._known, [*each, sum(taken)])
        return self._known

    def go_on_from(self, earlier: list[float]) -> None:
        """Begin with what there was before."""
        self._known = added(self._known, earlier)


class Meter:
    """Counts what happens, and how long it took."""

    def __init__(self) -> None:
        self.counts: defaultdict[Key, int] = defaultdict(int)
        self.counts_by_client: defaultdict[str, defaultdict[str | None, int]]
        self.counts_by_client = defaultdict(_counts)
        """Those of the hot path, by the names of metrics; of nobody's in particular ``None``."""
        self.timings: defaultdict[Key, Timing] = defaultdict(Timing)
        self.told: dict[Key, Callable[[], int]] = {}
        """Counts that somebody else keeps, of this process alone."""
        self.gauges: dict[Key, Gauge] = {}
        self.alerts: dict[tuple[str, str], Ongoing] = {}
        """What this worker has raised and not resolved, where it is the one that looks."""

    def state(self, pid: int) -> State:
        """Return all there is."""
        counts = dict(self.counts)
        for name, by_client in self.counts_by_client.items():
            for client, count in by_client.items():
                key: Key = (name, client or NOBODY)
                counts[key] = counts.get(key, 0) + count
        for key, tell in self.told.items():
            counts[key] = counts.get(key, 0) + tell()
        sorted_in = {key: timing.so_far() for key, timing in self.timings.items()}
        timings = {key: so_far for key, so_far in sorted_in.items() if any(so_far)}
        gauges = {key: gauge() for key, gauge in self.gauges.items()}
        return State(pid, counts, timings, gauges, [*self.alerts.values()])

    def sort_in(self) -> None:
        """Sort what has been taken lately: few at a time, so that nobody waits for long."""
        for timing in self.timings.values():
            timing.so_far()

    def go_on_from(self, earlier: State) -> None:
        """Begin with what another has counted, in whose place this one has come."""
        for key, count in earlier.counts.items():
            self.counts[key] += count
        for key, timing in earlier.timings.items():
            self.timings[key].go_on_from(timing)


def added(one: list[float], other: list[float]) -> list[float]:
    """Add timings up."""
    return [a + b for a, b in zip(one, other, strict=True)]


def _counts() -> defaultdict[str | None, int]:
    return defaultdict(int)
