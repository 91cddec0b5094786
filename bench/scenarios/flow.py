"""Create and redeem, all contestants, each as a multiple of the Starlette peer."""

from collections.abc import Iterator

from bench.contestants import BARE_TORNADO, FAST, STARLETTE, TORNADO, fastify, framegate
from bench.figure import Figure
from bench.plan import Plan
from bench.scenarios.comparing import compared
from bench.wrk import burst

ON_MEMORY = (framegate("fast", "memory"), framegate("tornado", "memory"))

# Contestant: rate at least, CPU a request at most.
PROMISES = {FAST.name: (2.5, 0.4), TORNADO.name: (1.1, None)}


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure everybody who is there."""
    node = fastify()
    contestants = [FAST, TORNADO, *ON_MEMORY, STARLETTE, BARE_TORNADO, *([node] if node else [])]
    with plan.all_serving(contestants) as servers:
        for server in servers:
            burst(server, "flow", plan.seconds)  # to warm up
        bursts = plan.in_rounds(servers, lambda server: burst(server, "flow", plan.seconds))
    theirs = next(own for server, own in bursts.items() if server.name == STARLETTE.name)
    for server, own in bursts.items():
        rate, cpu = PROMISES.get(server.name, (None, None))
        yield from compared(server.name, own, theirs, at_least=rate, cpu_at_most=cpu)
    if not node:
        yield Figure(
            of="Fastify + ioredis", what="rate", unit="x", why="not run: Node is not installed"
        )
