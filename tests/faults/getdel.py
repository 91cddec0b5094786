"""A session repository as one would write it at first: SET, GETDEL, and trust in Redis.

It is here to be caught. A scenario that finds nothing wrong with it cannot see the fault.
"""

from typing import NoReturn

from adapters.redis.link import RedisLink
from adapters.redis.scripts import Script
from application.ports import SessionRepository
from domain.attempt import Attempt
from domain.figures import CleanUp, Figures
from domain.grant import Granting
from domain.opening import Batch, Opened, OpenedBatch, Opening
from domain.refusal import Refusal, Refused
from domain.session import Session, Standing
from domain.session_id import Digest

SET = Script("set", "return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])")
GETDEL = Script("getdel", "return redis.call('GETDEL', KEYS[1])")


class GetdelSessions(SessionRepository):
    """Atomic, as GETDEL is, and over the same link as the real one."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def create(self, opening: Opening) -> Opened:
        key, ttl_ms = self._key(opening.client, opening.digest), opening.ttl_ms
        await self._link.run(SET, [key], [b"active", ttl_ms])
        return Opened(session=opening.session(0, ""), left_ms=ttl_ms)

    async def create_many(self, batch: Batch) -> OpenedBatch:
        raise NotImplementedError

    async def redeem(
        self,
        client: str,
        digest: Digest,
        *,
        attempt: Attempt | None = None,
        granting: Granting | None = None,
        region: str = "",
    ) -> Session:
        del attempt, granting, region
        return await self._end(client, digest, Standing.USED)

    async def refuse(
        self, client: str, reason: Refusal, *, attempt: Attempt | None = None, region: str = ""
    ) -> NoReturn:
        del client, attempt, region
        raise Refused(reason)

    async def revoke(self, client: str, digest: Digest) -> Session:
        return await self._end(client, digest, Standing.REVOKED)

    async def figures(self, client: str) -> Figures:
        raise NotImplementedError

    async def clean_up(self, client: str) -> CleanUp:
        raise NotImplementedError

    async def _end(self, client: str, digest: Digest, ended: Standing) -> Session:
        if await self._link.run(GETDEL, [self._key(client, digest)], []) is None:
            raise Refused(Refusal.UNKNOWN)
        return Session(client=client, digest=digest, expires_at=0, incarnation="", ended=ended)

    def _key(self, client: str, digest: Digest) -> bytes:
        return f"fg:{{{client}}}:{digest.raw.hex()}".encode()
