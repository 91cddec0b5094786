"""The plot of usage: one bar a step, redeems below and refused ones above."""

from collections.abc import Sequence

from attrs import frozen

from domain.usage import Counted, Period, Usage

WIDTH, HEIGHT = 720, 180
GAP = 0.2
"""The share of a step's width that is left free."""


@frozen
class Bar:
    """A step: what was counted over all clients, and where its bar stands in the plot."""

    start: int
    redeemed: int
    refused: int
    x: float
    width: float
    redeemed_height: float
    refused_height: float


def bars_of(usages: Sequence[Usage], period: Period) -> list[Bar]:
    """Make the bars of a period, those of steps without usage as well, in their order."""
    sums = {start: [0, 0] for start in _starts(period)}
    for usage in usages:
        sums[usage.start][0] += usage.many(Counted.REDEEMED)
        sums[usage.start][1] += usage.refused
    most = most_of(list(sums.values()))
    each = WIDTH / len(sums)
    return [
        Bar(
            start=start,
            redeemed=redeemed,
            refused=refused,
            x=round((n + GAP / 2) * each, 2),
            width=round((1 - GAP) * each, 2),
            redeemed_height=round(redeemed / most * HEIGHT, 2),
            refused_height=round(refused / most * HEIGHT, 2),
        )
        for n, (start, (redeemed, refused)) in enumerate(sums.items())
    ]


def most_of(counts: Sequence[Sequence[int]]) -> int:
    """Tell what the height of the plot stands for: the highest bar, one at the least."""
    return max(1, *map(sum, counts))


def _starts(period: Period) -> list[int]:
    starts, at = [], period.start
    while at < period.end:
        starts.append(at)
        _, at = period.step_of(at)
    return starts
