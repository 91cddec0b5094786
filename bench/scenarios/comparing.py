"""What is said of the bursts of one server beside those of another in the same rounds."""

from collections.abc import Iterator, Sequence

from bench.figure import Figure
from bench.spread import paired, spread
from bench.wrk import Burst


def compared(
    of: str,
    ours: Sequence[Burst],
    theirs: Sequence[Burst],
    *,
    at_least: float | None = None,
    cpu_at_most: float | None = None,
) -> Iterator[Figure]:
    """Compare the rates and what a request costs; tell the costs, and how busy the server was."""
    rates = paired([b.rate for b in ours], [b.rate for b in theirs])
    costs = paired([b.cpu_us for b in ours], [b.cpu_us for b in theirs])
    yield Figure(of=of, what="rate", unit="x", spread=rates, at_least=at_least)
    yield Figure(of=of, what="CPU a request, relative", unit="x", spread=costs, at_most=cpu_at_most)
    for what, unit, values in (
        ("CPU a request", "us", [b.cpu_us for b in ours]),
        ("CPU a request, of Redis", "us", [b.redis_us for b in ours]),
        ("of a core used", "share", [b.busy for b in ours]),
    ):
        yield Figure(of=of, what=what, unit=unit, spread=spread(values))
