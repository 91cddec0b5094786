"""Medians and quartiles, of values and of ratios within rounds."""

import statistics
from collections.abc import Iterable, Sequence

from attrs import frozen


@frozen
class Spread:
    """The median of what so many rounds gave, between its quartiles."""

    median: float
    low: float
    high: float
    rounds: int


def spread(values: Iterable[float]) -> Spread:
    """Take the median and the quartiles."""
    taken = sorted(values)
    if len(taken) == 1:
        return Spread(taken[0], taken[0], taken[0], 1)
    low, median, high = statistics.quantiles(taken, n=4, method="inclusive")
    return Spread(median, low, high, len(taken))


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Divide round by round, and only then take the median.

    The machine may be four times as fast in one round as in another, but within a round it
    is much the same for all: a ratio of medians would compare different machines.
    """
    return spread(our / their for our, their in zip(ours, theirs, strict=True))
