"""What the redeem by a browser costs, who gets a page and a grant, beside that by a program."""

from collections.abc import Iterator

from attrs import evolve

from bench.contestants import FAST
from bench.figure import Figure
from bench.plan import Plan
from bench.scenarios.comparing import compared
from bench.wrk import burst

PAGE, VALIDATE = "/client/iframe.html", "/auth/validate-session"


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure the flow with either redeem on one server, by turns."""
    (plan.folder / "iframe.html").write_text("<!doctype html><title>The page</title>")
    environment = {**FAST.environment, "IFRAME_ROOT": str(plan.folder)}
    with plan.all_serving([evolve(FAST, environment=environment)]) as (server,):
        paths = [PAGE, VALIDATE]
        bursts = plan.in_rounds(paths, lambda path: burst(server, "flow", plan.seconds, path))
    for path, own in bursts.items():
        yield from compared(f"create, then GET {path}", own, bursts[VALIDATE])
