"""Sessions in Redis: one script and one round trip an operation."""

import json
from functools import cache
from typing import Any

from adapters.redis.link import RedisLink
from adapters.redis.scripts import Script, Scripts
from application.ports import SessionRepository
from domain.errors import CapReached, DuplicateSession
from domain.figures import CleanUp, Figures
from domain.payload import Payload
from domain.refusal import Refusal, Refused
from domain.session import MOST_REMEMBERED, REMEMBERED_MS, Session, Standing
from domain.session_id import Digest

CLEAN_UP_BATCH = 1000

_PARTS = ("active", "payloads", "used", "revoked", "expired", "stale", "counters")


@cache
def keys_of(client: str) -> tuple[bytes, ...]:
    """Name a client's keys. The hash tag puts them all in one slot of a Redis Cluster."""
    return tuple(f"fg:{{{client}}}:{part}".encode() for part in _PARTS)


class RedisSessions(SessionRepository):
    """Has the scripts decide. What they mean stands in ``lua/common.lua``."""

    def __init__(
        self, link: RedisLink, scripts: Scripts, most_remembered: int = MOST_REMEMBERED
    ) -> None:
        self._link = link
        self._scripts = scripts
        self._memory = (REMEMBERED_MS, most_remembered)

    async def create(
        self, client: str, digest: Digest, *, ttl_ms: int, cap: int, payload: Payload
    ) -> Session:
        outcome, *facts = await self._run(
            self._scripts.create, client, digest.raw, ttl_ms, cap, _pack(payload)
        )
        if outcome == b"full":
            raise CapReached(cap, int(facts[0]))
        if outcome == b"duplicate":
            raise DuplicateSession
        return Session(
            client=client,
            digest=digest,
            expires_at=int(facts[0]),
            incarnation=bytes(facts[1]).decode(),
            payload=payload,
        )

    async def redeem(self, client: str, digest: Digest) -> Session:
        return await self._end(client, digest, Standing.USED)

    async def revoke(self, client: str, digest: Digest) -> Session:
        return await self._end(client, digest, Standing.REVOKED)

    async def figures(self, client: str) -> Figures:
        active, used, created, redeemed = await self._run(self._scripts.figures, client)
        return Figures(
            active=int(active), used=int(used), created=int(created), redeemed=int(redeemed)
        )

    async def clean_up(self, client: str) -> CleanUp:
        total, more = 0, 1
        while more:
            done = await self._run(self._scripts.clean_up, client, CLEAN_UP_BATCH)
            removed, remaining, more = map(int, done)
            total += removed
        return CleanUp(removed=total, remaining=remaining)

    async def _end(self, client: str, digest: Digest, ended: Standing) -> Session:
        outcome, *facts = await self._run(
            self._scripts.end, client, digest.raw, ended.value.encode()
        )
        if outcome == b"refused":
            raise Refused(Refusal(bytes(facts[0]).decode()))
        return Session(
            client=client,
            digest=digest,
            expires_at=int(facts[0]),
            incarnation=bytes(facts[1]).decode(),
            payload=_unpack(bytes(facts[2])),
            ended=ended,
        )

    async def _run(self, script: Script, client: str, *arguments: bytes | int) -> Any:
        return await self._link.run(script, keys_of(client), (*self._memory, *arguments))


def _pack(payload: Payload) -> bytes:
    if payload == Payload():
        return b""
    return json.dumps([payload.subject, payload.metadata]).encode()


def _unpack(packed: bytes) -> Payload:
    return Payload(*json.loads(packed)) if packed else Payload()
