"""framegate against the design that it replaces, with 1,000 sessions active in each."""

from collections.abc import Iterator

from bench.contestants import FAST, ORIGINAL
from bench.figure import Figure
from bench.fill import fill
from bench.plan import Plan
from bench.scenarios.comparing import compared
from bench.wrk import burst
from tests.support.framegate_server import KEYS, bearer
from tests.support.http_call import call

ACTIVE = 1000
LONGER = 3
"""A create that goes through all keys takes long; in so many times the time there are enough."""


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure both."""
    with plan.all_serving([FAST, ORIGINAL]) as servers:
        ours, theirs = servers
        fill(ours.redis, ACTIVE)
        for _ in range(ACTIVE):
            call("POST", f"{theirs.url}/auth/create-session", headers=bearer(KEYS.portal))
        bursts = plan.in_rounds(
            servers,
            lambda server: burst(server, "flow", LONGER * plan.seconds),
            max(1, plan.rounds // 2),
        )
    yield from compared(ours.name, bursts[ours], bursts[theirs], at_least=100)
    yield from compared(theirs.name, bursts[theirs], bursts[theirs])
