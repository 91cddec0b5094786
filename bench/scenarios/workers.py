"""Two workers against one. Both may use two cores, and so may wrk and Redis."""

import os
from collections.abc import Iterator

from bench.contestants import framegate
from bench.cores import BOTH_CORES
from bench.figure import Figure
from bench.plan import Plan
from bench.scenarios.comparing import compared
from bench.wrk import burst


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure the flow, everything being free to run wherever there is time."""
    aside = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(map(int, BOTH_CORES.split(","))))  # what is started follows
    try:
        contestants = [framegate("fast", workers=count, cores=BOTH_CORES) for count in (1, 2)]
        with plan.all_serving(contestants) as servers:
            bursts = plan.in_rounds(servers, lambda server: burst(server, "flow", plan.seconds))
    finally:
        os.sched_setaffinity(0, aside)
    for server, own in bursts.items():
        yield from compared(server.name, own, bursts[servers[0]])
