"""The link to Redis under faults: nothing is sent twice, nothing waits long, no replies cross."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from adapters.redis.link import RedisLink
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from application.ports import StoreUnavailable
from domain.figures import Figures
from domain.opening import Opening
from domain.refusal import Refusal, Refused
from domain.session_id import Digest
from tests.faults.fault import Fault
from tests.faults.kinds import Scale, TakeFigure
from tests.faults.proxy import FaultyProxy
from tests.support.redis_server import RedisServer
from tests.support.worlds import link_to

DIGEST = Digest.of("a session")

PATIENCE = 30.0
"""For an answer that comes: a busy machine is no fault."""


def sessions_over(link: RedisLink) -> RedisSessions:
    return RedisSessions(link, load_scripts(SingleUse.STRICT))


async def create(sessions: RedisSessions, digest: Digest = DIGEST) -> None:
    await sessions.create(Opening(client="portal", digest=digest, ttl_ms=60_000, cap=1000))


async def warm_up(sessions: RedisSessions) -> None:
    """Have Redis know all scripts, so that what follows is one EVALSHA each."""
    await create(sessions, Digest.of("warm-up"))
    await sessions.redeem("portal", Digest.of("warm-up"))
    await sessions.figures("portal")
    await sessions.clean_up("portal")


async def until_a_reply_is_held(proxy: FaultyProxy) -> None:
    """Let the loop turn until the operation under way waits for its reply and nothing else."""
    while not proxy.held:  # noqa: ASYNC110 the proxy lives in another thread
        await asyncio.sleep(0)
    for _ in range(100):
        await asyncio.sleep(0)


def test_a_redeem_whose_reply_is_lost_is_unknown_and_not_sent_again(
    redis_server: RedisServer,
) -> None:
    async def lose_the_reply(proxy: FaultyProxy) -> None:
        link = link_to(proxy.port, timeout_seconds=PATIENCE)
        sessions = sessions_over(link)
        await warm_up(sessions)
        await create(sessions)
        proxy.seen, proxy.fault = b"", Fault.LOSE_REPLIES
        with pytest.raises(StoreUnavailable):
            await sessions.redeem("portal", DIGEST)
        assert proxy.seen.count(b"EVALSHA") == 1
        proxy.release()
        with pytest.raises(Refused) as refused:
            await sessions.redeem("portal", DIGEST)
        assert refused.value.reason is Refusal.USED
        await link.close()

    with FaultyProxy(redis_server.port) as proxy:
        asyncio.run(lose_the_reply(proxy))


def test_a_create_whose_reply_is_lost_is_not_sent_again(redis_server: RedisServer) -> None:
    async def lose_the_reply(proxy: FaultyProxy) -> None:
        link = link_to(proxy.port, timeout_seconds=PATIENCE)
        sessions = sessions_over(link)
        await warm_up(sessions)
        proxy.seen, proxy.fault = b"", Fault.LOSE_REPLIES
        with pytest.raises(StoreUnavailable):
            await create(sessions)
        assert proxy.seen.count(b"EVALSHA") == 1
        await link.close()

    with FaultyProxy(redis_server.port) as proxy:
        asyncio.run(lose_the_reply(proxy))


def test_many_redeems_whose_connection_is_lost_are_all_unknown_and_none_is_sent_again(
    redis_server: RedisServer, scale: Scale, figure: TakeFigure
) -> None:
    many = scale(100, 1_000)

    async def lose_the_replies(proxy: FaultyProxy) -> None:
        link = link_to(proxy.port, timeout_seconds=PATIENCE)
        sessions = sessions_over(link)
        await warm_up(sessions)
        digests = [Digest.of(f"session {number}") for number in range(many)]
        await asyncio.gather(*(create(sessions, digest) for digest in digests))
        before = proxy.connections
        proxy.seen, proxy.fault = b"", Fault.LOSE_REPLIES
        redeems = [sessions.redeem("portal", digest) for digest in digests]
        told = await asyncio.gather(*redeems, return_exceptions=True)
        assert [type(one) for one in told] == [StoreUnavailable] * many
        proxy.release()
        while True:
            with suppress(StoreUnavailable):  # nobody tries for a moment
                await sessions.figures("portal")
                break
            await asyncio.sleep(0)
        assert {proxy.seen.count(digest.raw) for digest in digests} <= {0, 1}
        assert proxy.connections == before + 1
        redeems = [sessions.redeem("portal", digest) for digest in digests]
        told = await asyncio.gather(*redeems, return_exceptions=True)
        # Redis may have been cut off before it had read them all, but not before the first.
        assert isinstance(told[0], Refused)
        assert told[0].reason is Refusal.USED
        await link.close()

    with FaultyProxy(redis_server.port) as proxy:
        asyncio.run(lose_the_replies(proxy))
    figure("one connection lost with many redeems on it", f"{many:,} unknown, 0 sent again")


def test_many_who_find_their_script_forgotten_at_once_all_have_their_answer(
    redis_server: RedisServer,
) -> None:
    async def forget_and_create() -> None:
        link = link_to(redis_server.port, timeout_seconds=PATIENCE)
        sessions = sessions_over(link)
        with redis_server.client() as redis:
            redis.script_flush()
        await asyncio.gather(*(create(sessions, Digest.of(str(n))) for n in range(50)))
        assert (await sessions.figures("portal")).created == 50
        await link.close()

    asyncio.run(forget_and_create())


def test_every_operation_is_one_command_on_the_wire(redis_server: RedisServer) -> None:
    async def watch(proxy: FaultyProxy) -> None:
        link = link_to(proxy.port, timeout_seconds=PATIENCE)
        sessions = sessions_over(link)
        await warm_up(sessions)
        operations: dict[str, Callable[[], Awaitable[object]]] = {
            "create": lambda: create(sessions),
            "figures": lambda: sessions.figures("portal"),
            "redeem": lambda: sessions.redeem("portal", DIGEST),
            "clean up": lambda: sessions.clean_up("portal"),
        }
        for name, operation in operations.items():
            proxy.seen = b""
            await operation()
            # A RESP command is an array: one "*<count>" at the start of a line.
            assert proxy.seen.count(b"\n*") + proxy.seen.startswith(b"*") == 1, name
            assert b"EVALSHA" in proxy.seen, name
        await link.close()

    with FaultyProxy(redis_server.port) as proxy:
        asyncio.run(watch(proxy))


def test_scripts_survive_a_script_flush_in_any_state(redis_server: RedisServer) -> None:
    async def flush_before_each() -> None:
        link = link_to(redis_server.port, timeout_seconds=PATIENCE)
        sessions = sessions_over(link)
        with redis_server.client() as redis:
            redis.script_flush()
            await create(sessions)
            redis.script_flush()
            assert await sessions.figures("portal") == Figures(active=1, created=1)
            redis.script_flush()
            await sessions.redeem("portal", DIGEST)
            redis.script_flush()
            assert (await sessions.clean_up("portal")).remaining == 1
        await link.close()

    asyncio.run(flush_before_each())


def test_a_reply_that_comes_too_late_is_not_taken_for_the_next_one(
    redis_server: RedisServer,
) -> None:
    async def be_late(proxy: FaultyProxy) -> None:
        link = link_to(proxy.port, timeout_seconds=2)
        sessions = sessions_over(link)
        await warm_up(sessions)
        proxy.fault = Fault.HOLD_REPLIES
        with pytest.raises(StoreUnavailable):
            await create(sessions)
        proxy.release()
        assert await sessions.figures("portal") == Figures(active=1, used=1, created=2, redeemed=1)
        await link.close()

    with FaultyProxy(redis_server.port) as proxy:
        asyncio.run(be_late(proxy))


def test_a_cancelled_caller_does_not_leave_its_reply_to_the_next(redis_server: RedisServer) -> None:
    async def cancel(proxy: FaultyProxy) -> None:
        link = link_to(proxy.port, timeout_seconds=30)
        sessions = sessions_over(link)
        await warm_up(sessions)
        proxy.fault = Fault.HOLD_REPLIES
        waiting = asyncio.create_task(create(sessions))
        await until_a_reply_is_held(proxy)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        proxy.release()
        assert (await sessions.figures("portal")).created == 2
        await link.close()

    with FaultyProxy(redis_server.port) as proxy:
        asyncio.run(cancel(proxy))


def test_one_command_too_many_is_turned_away_long_before_a_reply_would_time_out(
    redis_server: RedisServer,
) -> None:
    async def ask_for_more(proxy: FaultyProxy) -> None:
        link = link_to(proxy.port, timeout_seconds=30, in_flight=1)
        sessions = sessions_over(link)
        await warm_up(sessions)
        proxy.fault = Fault.HOLD_REPLIES
        holder = asyncio.create_task(create(sessions))
        await until_a_reply_is_held(proxy)
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await sessions.figures("portal")
        waited = time.monotonic() - began
        assert waited < 1, f"waited {waited:.3f} s to be turned away, 0.1 s is right"
        proxy.release()
        await holder
        await sessions.figures("portal")
        await link.close()

    with FaultyProxy(redis_server.port) as proxy:
        asyncio.run(ask_for_more(proxy))
