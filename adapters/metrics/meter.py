"""Counts and timings of one worker. See docs/adr/0018."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping
from time import monotonic

import orjson
from attrs import field, frozen

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
    gauges: Mapping[str, float] = field(factory=dict)

    def packed(self) -> bytes:
        """Write it down."""
        facts = (self.pid, [*self.counts.items()], [*self.timings.items()], self.gauges)
        return orjson.dumps(facts)

    @classmethod
    def unpacked(cls, packed: bytes) -> "State":
        """Read what ``packed`` has written."""
        pid, counts, timings, gauges = orjson.loads(packed)
        return cls(
            pid,
            {tuple(key): count for key, count in counts},
            {tuple(key): timing for key, timing in timings},
            gauges,
        )


def no_time() -> list[float]:
    """Return a timing of nothing: how many fell into each bucket, and the seconds in all."""
    return [0.0] * (len(BOUNDS) + 2)


class Timing:
    """How long something took each time: one of a meter's ``timings``, at hand."""

    __slots__ = ("_timing",)

    def __init__(self, timing: list[float]) -> None:
        self._timing = timing

    def since(self, began: float) -> None:
        """Take note of what began then, by the monotonic clock, and has just ended."""
        seconds, timing = monotonic() - began, self._timing
        timing[bisect_left(BOUNDS, seconds)] += 1
        timing[-1] += seconds


class Meter:
    """Counts what happens. A count costs a request as little as one dict can be.

    ``timings`` have in front how many there were in each bucket, and at the end the sum.
    """

    def __init__(self) -> None:
        self.counts: defaultdict[Key, int] = defaultdict(int)
        self.timings: defaultdict[Key, list[float]] = defaultdict(no_time)
        self.gauges: dict[str, Gauge] = {}

    def timing(self, *key: str) -> Timing:
        """Return what takes note of how long it took each time."""
        return Timing(self.timings[key])

    def state(self, pid: int) -> State:
        """Return all there is."""
        gauges = {name: gauge() for name, gauge in self.gauges.items()}
        timings = {key: timing for key, timing in self.timings.items() if any(timing)}
        return State(pid, self.counts, timings, gauges)

    def go_on_from(self, earlier: State) -> None:
        """Begin with what another has counted, in whose place this one has come."""
        for key, count in earlier.counts.items():
            self.counts[key] += count
        for key, timing in earlier.timings.items():
            self.timings[key][:] = added(self.timings[key], timing)


def added(one: list[float], other: list[float]) -> list[float]:
    """Add timings up."""
    return [a + b for a, b in zip(one, other, strict=True)]
