"""What it costs that many watch the dashboard."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from attrs import evolve

from bench.contestants import FAST
from bench.figure import Figure
from bench.plan import Plan
from bench.scenarios.comparing import compared
from bench.scenarios.starting import started_often
from bench.serving import NotTheSame, Served
from bench.wrk import burst
from tests.support.dashboard_stream import crowd, sign_in
from tests.support.framegate_server import KEYS

MANY = 100


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure the flow of a server that is watched against one that nobody watches."""
    contestants = [evolve(FAST, name=f"{MANY} viewers"), evolve(FAST, name="no viewer")]
    bursts = started_often(
        plan, contestants, lambda server: burst(server, "flow", plan.seconds), _watching
    )
    (seen, own), (unseen, theirs) = bursts.items()
    yield from compared(seen, own, theirs, at_least=0.97, cpu_at_most=1.03)
    yield from compared(unseen, theirs, theirs)


@contextmanager
def _watching(part: Plan, servers: Sequence[Served]) -> Iterator[None]:
    seen, _ = servers
    with crowd(seen.url, sign_in(seen.url, KEYS.ops), MANY) as frames:
        yield
        if frames() < part.rounds:
            raise NotTheSame(f"{seen.name}: not all of them are told anything")
