"""Sentinels that go away while the Redis behind them is well."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.redis.address import RedisLimits
from adapters.redis.link import RedisLink
from application.ports import StoreUnavailable
from tests.support.redis_access import FRAMEGATE, connect
from tests.support.redis_sentinel import WatchedRedis, running_sentinels
from tests.support.topology import NEVER_DOWN_MS
from tests.support.waiting import LONGEST_SECONDS

MANY = 200  # more connections at once than redis-py keeps to one sentinel


@pytest.fixture
def sentinels(tmp_path: Path) -> Iterator[WatchedRedis]:
    with running_sentinels(tmp_path / "sentinels", NEVER_DOWN_MS) as watched:
        yield watched


def end_framegates_connections(watched: WatchedRedis) -> None:
    """Have it connect anew, and so ask the sentinels."""
    with connect(watched.primary) as client:
        client.execute_command("CLIENT", "KILL", "USER", FRAMEGATE.username)


async def until_well(link: RedisLink) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while True:
        try:
            await link.check()
        except StoreUnavailable:
            assert time.monotonic() < deadline, "the primary is well and is not found"
            await asyncio.sleep(0.01)
        else:
            return


@pytest.mark.parametrize("remaining", [0, 1, 2])
def test_any_one_sentinel_will_do_even_after_many_connections_were_made_at_once(
    sentinels: WatchedRedis, remaining: int
) -> None:
    async def connect_and_connect_again() -> None:
        link = RedisLink.to(sentinels.address, RedisLimits(timeout_seconds=20))
        await asyncio.gather(*(link.check() for _ in range(MANY)))
        end_framegates_connections(sentinels)
        for number, sentinel in enumerate(sentinels.sentinels):
            if number != remaining:
                sentinel.kill()
        await until_well(link)
        await link.close()

    asyncio.run(connect_and_connect_again())
