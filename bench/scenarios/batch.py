"""Sessions a second: 1,000 by one request, against one by one request."""

import json
from collections.abc import Iterator

from bench.contestants import FAST
from bench.figure import Figure
from bench.plan import Plan
from bench.serving import NotTheSame, Served
from bench.spread import Spread, paired
from bench.wrk import CONNECTIONS, burst
from tests.support.framegate_server import KEYS, bearer
from tests.support.http_call import call

COUNT = 1000
BATCH_CONNECTIONS = 4
"""A backend that takes 1,000 at a time does not ask 32 times at once."""

_ONE, _MANY = "/auth/create-session", "/auth/create-sessions"
_NO_SUCH_ROUTE = (404, 405)


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure both on one server, by turns."""
    with plan.all_serving([FAST]) as (server,):
        if not _has_the_route(server):
            yield _figure(None, "the route is missing")
            return
        rates = plan.in_rounds((1, COUNT), lambda count: _rate(server, count, plan.seconds))
    yield _figure(paired(rates[COUNT], rates[1]))


def _figure(spread: Spread | None, why: str = "") -> Figure:
    return Figure(
        of=f"POST {_MANY}, {COUNT:,} at a time",
        what="sessions a second",
        unit="x",
        spread=spread,
        at_least=10,
        why=why,
    )


def _rate(server: Served, count: int, seconds: int) -> float:
    with server.redis.client() as redis:
        redis.flushall()  # so that neither cap nor rate limit is reached, however fast it is
    if count == 1:
        return burst(server, "post", seconds, _ONE, connections=CONNECTIONS).rate
    body = json.dumps({"count": count})
    return count * burst(server, "post", seconds, _MANY, body, connections=BATCH_CONNECTIONS).rate


def _has_the_route(server: Served) -> bool:
    """Try it, and see that it makes as many as it is asked for. Raises ``NotTheSame``."""
    before = _active(server)
    key = bearer(KEYS.portal)
    status = call("POST", f"{server.url}{_MANY}", headers=key, body={"count": COUNT}).status
    if status in _NO_SUCH_ROUTE:
        return False
    made = _active(server) - before
    if made != COUNT:
        raise NotTheSame(f"asked for {COUNT} sessions, answered {status}, made {made}")
    return True


def _active(server: Served) -> int:
    answer = call("GET", f"{server.url}/auth/session-status", headers=bearer(KEYS.portal))
    return int(answer.fields["active_sessions"])
