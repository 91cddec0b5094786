"""What is said of a burst beside those of another server in the same rounds."""

from collections.abc import Iterator, Sequence

from bench.figure import Figure
from bench.spread import paired, spread
from bench.wrk import Burst


def against(
    of: str,
    ours: Sequence[Burst],
    theirs: Sequence[Burst],
    *,
    at_least: float | None = None,
    cpu_at_most: float | None = None,
) -> Iterator[Figure]:
    """Compare the rates and what a request costs, both within rounds."""
    rates = paired([b.rate for b in ours], [b.rate for b in theirs])
    costs = paired([b.cpu_us for b in ours], [b.cpu_us for b in theirs])
    yield Figure(of=of, what="rate", unit="x", spread=rates, at_least=at_least)
    yield Figure(of=of, what="CPU a request, relative", unit="x", spread=costs, at_most=cpu_at_most)


def costs(of: str, bursts: Sequence[Burst]) -> Iterator[Figure]:
    """Tell what a request costs the server and its Redis, and how busy the server was."""
    yield Figure(of=of, what="CPU a request", unit="us", spread=spread(b.cpu_us for b in bursts))
    yield Figure(
        of=of, what="CPU a request, of Redis", unit="us", spread=spread(b.redis_us for b in bursts)
    )
    yield Figure(of=of, what="cores used", unit="cores", spread=spread(b.busy for b in bursts))
