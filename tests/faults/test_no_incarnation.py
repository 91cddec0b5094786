"""A store that does not tell its incarnation cannot be fenced, so `strict` does not use it."""

import asyncio

import pytest

from adapters.redis.scripts import SingleUse, load_scripts, read_lua
from adapters.redis.sessions import RedisSessions
from application.ports import StoreUnavailable
from domain.opening import Opening
from domain.session_id import Digest
from tests.support.redis_server import RedisServer
from tests.support.worlds import link_to

ASKED = "redis.call('INFO', 'replication')"


@pytest.mark.parametrize(
    "told", ["role:master", "master_replid:" + "0" * 40], ids=["none", "zeros"]
)
def test_where_no_incarnation_is_told_no_session_is_created_and_none_redeemed(
    redis_server: RedisServer, told: str
) -> None:
    fence = read_lua("fence_strict")
    assert ASKED in fence

    async def try_all() -> None:
        link = link_to(redis_server.port, timeout_seconds=10)
        sound = RedisSessions(link, load_scripts(SingleUse.STRICT))
        digest = Digest.of("one")
        await sound.create(Opening(client="portal", digest=digest, ttl_ms=60_000, cap=9))
        scripts = load_scripts(SingleUse.STRICT, fence=fence.replace(ASKED, f"'{told}'"))
        sessions = RedisSessions(link, scripts)
        with pytest.raises(StoreUnavailable):
            await sessions.create(
                Opening(client="portal", digest=Digest.of("two"), ttl_ms=60_000, cap=9)
            )
        with pytest.raises(StoreUnavailable):
            await sessions.redeem("portal", digest)
        assert (await sound.figures("portal")).active == 1
        await link.close()

    asyncio.run(try_all())
