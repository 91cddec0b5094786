"""The flow with 1,000, 100,000 and 1,000,000 sessions active: what it costs must stay flat."""

from collections.abc import Iterator

from attrs import evolve

from bench.contestants import FAST
from bench.figure import Figure
from bench.fill import fill
from bench.plan import Plan
from bench.scenarios.comparing import compared
from bench.wrk import burst

SIZES = (1_000, 100_000, 1_000_000)


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure one framegate at each size, the smallest being what the others are compared with."""
    contestants = [evolve(FAST, name=f"{count:,} active") for count in SIZES]
    with plan.all_serving(contestants) as servers:
        for server, count in zip(servers, SIZES, strict=True):
            fill(server.redis, count)
            burst(server, "flow", plan.seconds)  # to warm up
        bursts = plan.in_rounds(servers, lambda server: burst(server, "flow", plan.seconds))
    smallest, *_, largest = servers
    for server, own in bursts.items():
        least = 0.95 if server is largest else None
        yield from compared(server.name, own, bursts[smallest], at_least=least)
