"""A connection cut at any moment: nobody is told of a success that is not his alone."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from enum import Enum

import pytest

from adapters.redis.keys import keys_of
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from application.ports import StoreUnavailable
from domain.grant import Granting
from domain.opening import Opening
from domain.refusal import Refused
from domain.session_id import Digest
from tests.faults.cuts import Moment, Sizes, forget
from tests.faults.kinds import Scale, TakeFigure
from tests.faults.proxy import FaultyProxy
from tests.faults.redeeming import GRANTING
from tests.support.redis_server import RedisServer
from tests.support.worlds import link_to

ACTIVE, USED = keys_of("portal")[0], keys_of("portal")[2]
TTL_MS = 60_000
SHORT_TTL_MS = 1_000
PATIENCE = 60.0


class Told(Enum):
    SUCCESS = "success"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Caller:
    """Creates and redeems through the proxy, and says what it was told."""

    def __init__(self, proxy: FaultyProxy, granting: Granting | None = None) -> None:
        self.link = link_to(proxy.port, timeout_seconds=10)
        self._granting = granting
        self._sessions = RedisSessions(self.link, load_scripts(SingleUse.STRICT))

    async def create(self, digest: Digest, ttl_ms: int = TTL_MS) -> Told:
        try:
            await self._sessions.create(
                Opening(client="portal", digest=digest, ttl_ms=ttl_ms, cap=1_000_000)
            )
        except StoreUnavailable:
            return Told.UNKNOWN
        return Told.SUCCESS

    async def redeem(self, digest: Digest) -> Told:
        try:
            await self._sessions.redeem("portal", digest, granting=self._granting)
        except StoreUnavailable:
            return Told.UNKNOWN
        except Refused:
            return Told.REFUSED
        return Told.SUCCESS

    async def redeem_until_told(self, digest: Digest) -> Told:
        async with asyncio.timeout(PATIENCE):
            while (told := await self.redeem(digest)) is Told.UNKNOWN:
                pass
        return told

    async def create_until_told(self, digest: Digest) -> None:
        async with asyncio.timeout(PATIENCE):
            while await self.create(digest) is Told.UNKNOWN:
                pass

    async def count_until_told(self) -> int:
        """Count the active sessions."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(StoreUnavailable):
                    return (await self._sessions.figures("portal")).active


@pytest.mark.parametrize(
    ("racers", "granting"),
    [(1, None), (3, None), (3, GRANTING)],
    ids=["1", "3", "3 for a grant"],
)
def test_a_redeem_that_is_cut_off_is_nobodys_success_and_a_retry_tells_what_redis_knows(
    redis_server: RedisServer,
    seeded: random.Random,
    scale: Scale,
    figure: TakeFigure,
    racers: int,
    granting: Granting | None,
) -> None:
    cuts = scale(40, 1_500)
    retries_won: Counter[str] = Counter()

    async def cut_redeems(proxy: FaultyProxy) -> None:
        caller = Caller(proxy, granting)
        await caller.create_until_told(Digest.of("warm-up 1"))
        await caller.create_until_told(Digest.of("warm-up 2"))
        await caller.redeem(Digest.of("warm-up 1"))  # from now on Redis knows the scripts
        forget(proxy)
        await caller.redeem(Digest.of("warm-up 2"))
        sizes = Sizes.of_the_last(proxy)
        with redis_server.client() as redis:
            for number in range(cuts):
                digest, moment = Digest.of(f"session {number}"), seeded.choice(list(Moment))
                await caller.create_until_told(digest)
                forget(proxy)
                proxy.fault = sizes.cut(moment, seeded)
                told = await asyncio.gather(*(caller.redeem(digest) for _ in range(racers)))
                proxy.release()
                assert Told.SUCCESS not in told, moment
                assert Told.UNKNOWN in told, moment
                used = redis.zscore(USED, digest.raw) is not None
                assert used or not moment.decided
                assert not (used and moment.undone)

                retries = [caller.redeem_until_told(digest) for _ in range(racers + 1)]
                won = (await asyncio.gather(*retries)).count(Told.SUCCESS)
                # Where Redis knew of the redeem it was for nobody else to win.
                assert won <= 1 - used
                assert won == 1 or not moment.undone
                assert redis.zscore(USED, digest.raw) is not None
                retries_won[moment.value] += won
        await caller.link.close()

    with FaultyProxy(redis_server.port) as proxy:
        asyncio.run(cut_redeems(proxy))
        assert proxy.cuts >= cuts
        figure(
            f"lost reply: redeems cut off, {racers} at a time",
            f"{proxy.cuts:,} connections cut under {cuts:,} ids: 0 successes told, "
            f"0 ids redeemed twice; a retry won {sum(retries_won.values()):,} ids, all of "
            "which Redis had not known as used",
        )
    assert retries_won[Moment.BEFORE.value]
    assert not retries_won[Moment.REPLY.value]


def test_a_create_that_is_cut_off_gives_nobody_an_id_and_its_slot_is_free_after_the_ttl(
    redis_server: RedisServer,
    seeded: random.Random,
    scale: Scale,
    figure: TakeFigure,
) -> None:
    cuts = scale(30, 1_000)
    taken = 0

    async def cut_creates(proxy: FaultyProxy) -> None:
        nonlocal taken
        caller = Caller(proxy)
        assert await caller.create(Digest.of("warm-up"), SHORT_TTL_MS) is Told.SUCCESS
        forget(proxy)
        assert await caller.create(Digest.of("another"), SHORT_TTL_MS) is Told.SUCCESS
        sizes = Sizes.of_the_last(proxy)
        with redis_server.client() as redis:
            for number in range(cuts):
                digest, moment = Digest.of(f"session {number}"), seeded.choice(list(Moment))
                await caller.count_until_told()
                forget(proxy)
                proxy.fault = sizes.cut(moment, seeded)
                assert await caller.create(digest, SHORT_TTL_MS) is Told.UNKNOWN, moment
                proxy.release()
                expires_at = redis.zscore(ACTIVE, digest.raw)
                assert expires_at or not moment.decided
                assert not (expires_at and moment.undone)
                if expires_at:
                    taken += 1
                    seconds, microseconds = redis.time()
                    assert expires_at <= seconds * 1000 + microseconds / 1000 + SHORT_TTL_MS
        async with asyncio.timeout(PATIENCE):
            while await caller.count_until_told():
                pass
        await caller.link.close()

    with FaultyProxy(redis_server.port) as proxy:
        asyncio.run(cut_creates(proxy))
        assert proxy.cuts >= cuts
    assert 0 < taken < cuts
    figure(
        "lost reply: creates cut off",
        f"{cuts:,} cuts: 0 ids told, {taken:,} slots taken by nobody, all free again within "
        f"the TTL of {SHORT_TTL_MS / 1000:.0f} s",
    )
