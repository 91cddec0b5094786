"""How long a request takes at half of what the server can do, counted from when it was due."""

import statistics
from collections.abc import Iterator, Mapping

from bench.contestants import FAST, STARLETTE, TORNADO
from bench.figure import Figure
from bench.open_loop import Asking, arrivals, latencies
from bench.plan import Plan
from bench.serving import Served
from bench.spread import spread
from bench.wrk import burst

PERCENTILES = {"p50": 500, "p99": 990, "p99.9": 999}
LONGER = 3
"""A percentile of one in a thousand needs some thousands."""


def measure(plan: Plan) -> Iterator[Figure]:
    """Find each server's own limit and load it by half, in each round anew."""
    with plan.all_serving([FAST, TORNADO, STARLETTE]) as servers:
        measured = plan.in_rounds(servers, lambda server: _at_half_load(server, plan.seconds))
    for server, rounds in measured.items():
        for name in PERCENTILES:
            values = spread(each[name] for each in rounds)
            yield Figure(of=server.name, what=name, unit="ms", spread=values)


def _at_half_load(server: Served, seconds: int) -> Mapping[str, float]:
    return at_half_of(burst(server, "flow", seconds).rate, server, seconds)


def at_half_of(
    rate: float, server: Served, seconds: int, asking: Asking | None = None
) -> Mapping[str, float]:
    """Load it by half of what it can do; return the percentiles in milliseconds."""
    times = arrivals(rate / 2, LONGER * seconds, "half load")
    return percentiles(latencies(server.url, times, asking))


def percentiles(seconds: list[float]) -> Mapping[str, float]:
    """Return the percentiles in milliseconds."""
    cuts = statistics.quantiles(seconds, n=1000, method="inclusive")
    return {name: cuts[rank - 1] * 1000 for name, rank in PERCENTILES.items()}
