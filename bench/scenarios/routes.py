"""Routes that have no hot path of their own: Tornado's handlers on either transport."""

from collections.abc import Iterator

from bench.contestants import FAST, TORNADO
from bench.figure import Figure
from bench.plan import Plan
from bench.scenarios.comparing import compared
from bench.wrk import burst

ROUTES = ("/auth/session-status", "/livez")


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure each route on both, in the same rounds."""
    with plan.all_serving([FAST, TORNADO]) as servers:
        turns = [(server, path) for path in ROUTES for server in servers]
        bursts = plan.in_rounds(turns, lambda turn: burst(turn[0], "get", plan.seconds, turn[1]))
    fast, tornado = servers
    for path in ROUTES:
        for server, least in ((fast, 1.4), (tornado, None)):
            ours, theirs = bursts[server, path], bursts[tornado, path]
            yield from compared(f"GET {path}, {server.name}", ours, theirs, at_least=least)
