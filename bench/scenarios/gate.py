"""The gate by a grant: asked directly, through nginx, and beside nginx that asks nobody."""

from collections.abc import Iterator, Mapping

from attrs import frozen

from bench.contestants import FAST
from bench.figure import Figure
from bench.gate import PATH, a_grant, gated
from bench.open_loop import Again
from bench.plan import Plan
from bench.scenarios.latency import at_half_of
from bench.serving import Served
from bench.spread import paired, spread
from bench.wrk import burst

TOLD = ("p50", "p99")


CONNECTIONS = 32
"""nginx asks framegate over connections of its own, and is turned away above 64 of them."""


@frozen
class _Turn:
    """What one round has found of one way."""

    rate: float
    latency: Mapping[str, float]


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure the three ways by turns; each is then loaded by half of what it could do."""
    with (
        plan.all_serving([FAST]) as (framegate,),
        gated(framegate, plan.folder / "nginx") as (through, alone),
    ):
        grant = a_grant(framegate)
        ways = {
            "GET /auth/check": (framegate, Again("/auth/check", grant)),
            "nginx with the gate": (through, Again(PATH, grant)),
            "nginx without it": (alone, Again(PATH, grant)),
        }
        turns = plan.in_rounds(list(ways), lambda name: _turn(*ways[name], plan.seconds))
    least = [turn.rate for turn in turns["nginx without it"]]
    for name, own in turns.items():
        rates = paired([turn.rate for turn in own], least)
        yield Figure(of=name, what="rate", unit="x", spread=rates)
        for what in TOLD:
            values = spread(turn.latency[what] for turn in own)
            yield Figure(of=name, what=f"{what} at half load", unit="ms", spread=values)


def _turn(server: Served, asking: Again, seconds: int) -> _Turn:
    rate = burst(server, "get", seconds, asking.path, asking.cookie, connections=CONNECTIONS).rate
    return _Turn(rate, at_half_of(rate, server, seconds, asking))
