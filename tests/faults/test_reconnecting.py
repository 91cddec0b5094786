"""Coming back to a Redis that was away: soon, one at a time, and to the right one."""

import asyncio
import time

import pytest

from adapters.redis.breaker import FIRST_PAUSE_SECONDS
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from application.ports import StoreUnavailable
from domain.opening import Opening
from domain.session_id import Digest
from tests.faults.fault import Fault, Harm
from tests.faults.kinds import Scale, Serve, TakeFigure
from tests.faults.load import keep_busy, statuses
from tests.faults.proxy import FaultyProxy
from tests.support.framegate_server import KEYS, bearer
from tests.support.http_call import call
from tests.support.redis_server import RedisServer, free_port
from tests.support.waiting import LONGEST_SECONDS
from tests.support.worlds import link_to

CALLERS = 24
RETURN_SECONDS = 2.0
CREATE = (
    "POST /auth/create-session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
    f"Authorization: Bearer {KEYS.portal}\r\nConnection: close\r\n\r\n"
).encode()
CUT_OFF = Fault(requests=Harm(cut_at=0), reset=True)


def most_tries(seconds: float) -> float:
    """Those under way when it went, each with a connection, and then one after each pause."""
    return 2 * CALLERS + seconds / (FIRST_PAUSE_SECONDS / 2)


def test_many_callers_do_not_storm_a_redis_that_is_away(
    redis_server: RedisServer, serve: Serve, scale: Scale, figure: TakeFigure
) -> None:
    seconds = scale(2, 20)
    roomy = {"SESSION_CAP": "1000000", "CREATES_PER_MINUTE": "1000000"}
    with FaultyProxy(redis_server.port) as proxy, serve(REDIS_URL=proxy.url, **roomy) as server:
        keep_busy(server.url, CREATE, at_once=CALLERS, seconds=0.3)
        before, began, proxy.fault = proxy.connections, time.monotonic(), CUT_OFF
        answers = keep_busy(server.url, CREATE, at_once=CALLERS, seconds=seconds)
        # On a slow machine it takes longer until there is something to hold back.
        while len(answers) <= 5 * most_tries(time.monotonic() - began):
            assert time.monotonic() - began < LONGEST_SECONDS, "there was nothing to hold back"
            answers += keep_busy(server.url, CREATE, at_once=CALLERS, seconds=seconds)
        tries = proxy.connections - before
        assert statuses(answers).keys() == {503}
        assert tries <= most_tries(time.monotonic() - began)
        figure(
            "Redis away: connections tried while it is",
            f"{tries} in {time.monotonic() - began:.0f} s, while {len(answers)} callers were "
            "answered 503",
        )
        before, began, proxy.fault = proxy.connections, time.monotonic(), Fault.NONE
        create = f"{server.url}/auth/create-session"
        while call("POST", create, headers=bearer(KEYS.portal)).status != 200:
            assert time.monotonic() - began < RETURN_SECONDS
        assert proxy.connections - before <= 2


def test_a_connection_to_a_server_that_has_become_a_replica_is_not_used_again(
    redis_server: RedisServer,
) -> None:
    async def demote(proxy: FaultyProxy) -> None:
        link = link_to(proxy.port, timeout_seconds=10)
        sessions = RedisSessions(link, load_scripts(SingleUse.STRICT))

        async def create(name: str) -> None:
            digest = Digest.of(name)
            await sessions.create(Opening(client="portal", digest=digest, ttl_ms=60_000, cap=9))

        await create("one")
        await create("two")
        assert proxy.connections == 1
        with redis_server.client() as redis:
            redis.replicaof("127.0.0.1", free_port())
            with pytest.raises(StoreUnavailable, match="replica"):
                await create("three")
            redis.replicaof("NO", "ONE")
        await create("four")
        assert proxy.connections == 2
        await link.close()

    with FaultyProxy(redis_server.port) as proxy:
        asyncio.run(demote(proxy))
