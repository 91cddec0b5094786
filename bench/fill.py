"""Fills a Redis with active sessions, through framegate's own repository and scripts."""

import asyncio
import os

from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.link import RedisLink
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from domain.opening import Batch, Opening
from domain.payload import Payload
from domain.policy import MOST_AT_ONCE, MOST_CAP, MOST_TTL_SECONDS
from domain.session_id import Digest
from tests.support.redis_server import RedisServer

CLIENT = "portal"


def fill(redis: RedisServer, count: int, payload: Payload = Payload()) -> None:
    """Create ``count`` sessions that live a day."""
    asyncio.run(_fill(redis.address, count, payload))


def opening(payload: Payload = Payload()) -> Opening:
    """Return what one of these sessions is opened by. A digest is as good as random."""
    return Opening(
        client=CLIENT,
        digest=Digest(os.urandom(32)),
        ttl_ms=MOST_TTL_SECONDS * 1000,
        cap=MOST_CAP,
        payload=payload,
    )


async def _fill(address: RedisAddress, count: int, payload: Payload) -> None:
    link = RedisLink.to(address, RedisLimits(timeout_seconds=30))
    sessions = RedisSessions(link, load_scripts(SingleUse.STRICT))
    try:
        for start in range(0, count, MOST_AT_ONCE):
            await sessions.create_many(batch(min(MOST_AT_ONCE, count - start), payload))
    finally:
        await link.close()


def batch(count: int, payload: Payload = Payload()) -> Batch:
    """Return what so many of these sessions are opened by."""
    return Batch(
        client=CLIENT,
        digests=tuple(Digest(os.urandom(32)) for _ in range(count)),
        ttl_ms=MOST_TTL_SECONDS * 1000,
        cap=MOST_CAP,
        payload=payload,
    )
