"""Sessions in Redis: one script and one round trip an operation."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from adapters.redis.link import RedisLink
from adapters.redis.scripts import Script, Scripts
from application.ports import SessionRepository
from domain.attempt import Attempt
from domain.errors import CapReached, DuplicateSession, IdempotencyConflict, RateLimited
from domain.figures import CleanUp, Figures
from domain.opened import Opened
from domain.payload import Payload
from domain.rate import Allowance, Rate
from domain.refusal import Refusal, Refused
from domain.repeat import Repeat
from domain.session import MOST_REMEMBERED, REMEMBERED_MS, Session, Standing
from domain.session_id import Digest

CLEAN_UP_BATCH = 1000

_PARTS = ("active", "payloads", "used", "revoked", "expired", "stale", "counters")


@cache
def keys_of(client: str) -> tuple[bytes, ...]:
    """Name a client's keys. The hash tag puts them all in one slot of a Redis Cluster."""
    return tuple(_key(client, part) for part in _PARTS)


class RedisSessions(SessionRepository):
    """Has the scripts decide. What they mean stands in ``lua/common.lua``."""

    def __init__(
        self, link: RedisLink, scripts: Scripts, most_remembered: int = MOST_REMEMBERED
    ) -> None:
        self._link = link
        self._scripts = scripts
        self._memory = (REMEMBERED_MS, most_remembered)

    async def create(
        self,
        client: str,
        digest: Digest,
        *,
        ttl_ms: int,
        cap: int,
        payload: Payload,
        rate: Rate | None = None,
        repeat: Repeat | None = None,
    ) -> Opened:
        keys = keys_of(client)
        extra = [_key(client, "creates")]
        arguments: list[bytes | int] = [digest.raw, ttl_ms, cap, _pack(payload), *_rate(rate)]
        if repeat:
            extra.append(_key(client, f"repeat:{repeat.key.raw.hex()}"))
            arguments += [repeat.asked.raw, repeat.salt]
        outcome, *facts = await self._run(self._scripts.create, (*keys, *extra), *arguments)
        if outcome == b"created":
            return self._opened(client, digest, payload, rate, facts, ttl_ms)
        if outcome == b"repeated":
            return self._repeated(client, payload, facts)
        if outcome == b"full":
            raise CapReached(cap, int(facts[0]))
        if outcome == b"limited" and rate:
            raise RateLimited(rate.most, rate.window_ms, int(facts[0]))
        if outcome == b"conflict":
            raise IdempotencyConflict(bytes(facts[0]).decode())
        raise DuplicateSession

    async def redeem(
        self, client: str, digest: Digest, *, attempt: Attempt | None = None
    ) -> Session:
        return await self._end(client, digest, Standing.USED, attempt)

    async def revoke(self, client: str, digest: Digest) -> Session:
        return await self._end(client, digest, Standing.REVOKED)

    async def figures(self, client: str) -> Figures:
        active, used, created, redeemed = await self._run(self._scripts.figures, keys_of(client))
        return Figures(
            active=int(active), used=int(used), created=int(created), redeemed=int(redeemed)
        )

    async def clean_up(self, client: str) -> CleanUp:
        total, more = 0, 1
        while more:
            done = await self._run(self._scripts.clean_up, keys_of(client), CLEAN_UP_BATCH)
            removed, remaining, more = map(int, done)
            total += removed
        return CleanUp(removed=total, remaining=remaining)

    async def _end(
        self, client: str, digest: Digest, ended: Standing, attempt: Attempt | None = None
    ) -> Session:
        keys = keys_of(client)
        if attempt:
            keys = (*keys, _key(client, f"failed:{attempt.who}"))
        rate = attempt.rate if attempt else None
        outcome, *facts = await self._run(
            self._scripts.end, keys, digest.raw, ended.value.encode(), *_rate(rate)
        )
        if outcome == b"refused":
            raise Refused(Refusal(bytes(facts[0]).decode()))
        if outcome == b"limited" and rate:
            raise RateLimited(rate.most, rate.window_ms, int(facts[0]))
        return Session(
            client=client,
            digest=digest,
            expires_at=int(facts[0]),
            incarnation=bytes(facts[1]).decode(),
            payload=_unpack(bytes(facts[2])),
            ended=ended,
        )

    async def _run(self, script: Script, keys: Sequence[bytes], *arguments: bytes | int) -> Any:
        return await self._link.run(script, keys, (*self._memory, *arguments))

    @staticmethod
    def _opened(
        client: str,
        digest: Digest,
        payload: Payload,
        rate: Rate | None,
        facts: Sequence[Any],
        ttl_ms: int,
    ) -> Opened:
        expires_at, incarnation, count, resets_in_ms = facts
        session = Session(
            client=client,
            digest=digest,
            expires_at=int(expires_at),
            incarnation=bytes(incarnation).decode(),
            payload=payload,
        )
        creates = Allowance(rate, rate.most - int(count), int(resets_in_ms)) if rate else None
        return Opened(session=session, left_ms=ttl_ms, creates=creates)

    @staticmethod
    def _repeated(client: str, payload: Payload, facts: Sequence[Any]) -> Opened:
        expires_at, incarnation, left_ms, digest, salt = facts
        session = Session(
            client=client,
            digest=Digest(bytes(digest)),
            expires_at=int(expires_at),
            incarnation=bytes(incarnation).decode(),
            payload=payload,
        )
        return Opened(session=session, left_ms=int(left_ms), repeated_salt=bytes(salt))


def _key(client: str, part: str) -> bytes:
    return f"fg:{{{client}}}:{part}".encode()


def _rate(rate: Rate | None) -> tuple[int, int]:
    return (rate.most, rate.window_ms) if rate else (0, 0)


def _pack(payload: Payload) -> bytes:
    if payload == Payload():
        return b""
    return json.dumps([payload.subject, payload.metadata]).encode()


def _unpack(packed: bytes) -> Payload:
    return Payload(*json.loads(packed)) if packed else Payload()
