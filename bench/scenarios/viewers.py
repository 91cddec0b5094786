"""What it costs that many watch the dashboard."""

from collections.abc import Iterator

from attrs import evolve

from bench.contestants import FAST
from bench.figure import Figure
from bench.plan import Plan
from bench.scenarios.comparing import compared
from bench.serving import NotTheSame
from bench.wrk import burst
from tests.support.dashboard_stream import crowd, sign_in
from tests.support.framegate_server import KEYS

MANY = 100


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure the flow of a server that is watched against one that nobody watches."""
    contestants = [evolve(FAST, name=f"{MANY} viewers"), evolve(FAST, name="no viewer")]
    with plan.all_serving(contestants) as (seen, unseen):
        for server in (seen, unseen):
            burst(server, "flow", plan.seconds)  # to warm up
        with crowd(seen.url, sign_in(seen.url, KEYS.ops), MANY) as frames:
            bursts = plan.in_rounds(
                [seen, unseen], lambda server: burst(server, "flow", plan.seconds)
            )
            if frames() < plan.rounds:
                raise NotTheSame(f"{seen.name}: not all of them are told anything")
    own, theirs = bursts[seen], bursts[unseen]
    yield from compared(seen.name, own, theirs, at_least=0.97, cpu_at_most=1.03)
    yield from compared(unseen.name, theirs, theirs)
