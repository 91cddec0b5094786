"""Create and redeem, all contestants, each as a multiple of the Starlette peer."""

from collections.abc import Iterator

from bench.contestants import BARE_TORNADO, FAST, STARLETTE, TORNADO, fastify, framegate
from bench.figure import Figure
from bench.plan import Plan
from bench.scenarios.comparing import compared
from bench.scenarios.starting import started_often
from bench.wrk import burst

ON_MEMORY = (framegate("fast", "memory"), framegate("tornado", "memory"))

# Contestant: rate at least, CPU a request at most.
PROMISES = {FAST.name: (2.5, 0.4), TORNADO.name: (1.1, None)}


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure everybody who is there."""
    node = fastify()
    contestants = [FAST, TORNADO, *ON_MEMORY, STARLETTE, BARE_TORNADO, *([node] if node else [])]
    bursts = started_often(plan, contestants, lambda server: burst(server, "flow", plan.seconds))
    for name, own in bursts.items():
        rate, cpu = PROMISES.get(name, (None, None))
        theirs = bursts[STARLETTE.name]
        yield from compared(name, own, theirs, at_least=rate, cpu_at_most=cpu)
    if not node:
        yield Figure(
            of="Fastify + ioredis", what="rate", unit="x", why="not run: Node is not installed"
        )
