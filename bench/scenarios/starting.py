"""The bursts of servers that are started several times, for one start has its luck."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from bench.contestants import Contestant
from bench.plan import Plan
from bench.serving import Served
from bench.wrk import Burst

Beside = Callable[[Plan, Sequence[Served]], AbstractContextManager[object]]
"""What goes on while the servers run, for the part of the plan that they run for."""


def started_often(
    plan: Plan,
    contestants: Sequence[Contestant],
    load: Callable[[Served], Burst],
    beside: Beside = lambda *_: nullcontext(),
) -> dict[str, list[Burst]]:
    """Load each in all rounds, and return what came of it by name.

    What goes on ``beside`` begins anew with the servers, which have been warmed up by then.
    """
    bursts: dict[str, list[Burst]] = {each.name: [] for each in contestants}
    for part in plan.in_starts():
        with part.all_serving(contestants) as servers:
            for server in servers:
                load(server)
            with beside(part, servers):
                measured = part.in_rounds(servers, load)
        for server, some in measured.items():
            bursts[server.name] += some
    return bursts
