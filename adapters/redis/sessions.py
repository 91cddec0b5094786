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
from domain.opening import Opened, Opening
from domain.payload import Payload
from domain.rate import Allowance, Rate
from domain.refusal import Refusal, Refused
from domain.session import MOST_REMEMBERED, REMEMBERED_MS, Session, Standing
from domain.session_id import Digest

CLEAN_UP_BATCH = 1000

_PARTS = ("active", "payloads", "used", "revoked", "expired", "stale", "counters")


def key_of(client: str, part: str) -> bytes:
    """Name one of a client's keys. The hash tag puts them all in one slot of a Redis Cluster."""
    return f"fg:{{{client}}}:{part}".encode()


@cache
def keys_of(client: str) -> tuple[bytes, ...]:
    """Name the keys that every script takes."""
    return tuple(key_of(client, part) for part in _PARTS)


class RedisSessions(SessionRepository):
    """Has the scripts decide. What they mean stands in ``lua/common.lua``."""

    def __init__(
        self, link: RedisLink, scripts: Scripts, most_remembered: int = MOST_REMEMBERED
    ) -> None:
        self._link = link
        self._scripts = scripts
        self._memory = (REMEMBERED_MS, most_remembered)

    async def create(self, opening: Opening) -> Opened:
        client, rate, repeat = opening.client, opening.rate, opening.repeat
        keys = [*keys_of(client), key_of(client, "creates")]
        wish: list[bytes | int] = [opening.digest.raw, opening.ttl_ms, opening.cap]
        wish += [_pack(opening.payload), *_rate(rate)]
        if repeat:
            keys.append(key_of(client, f"repeat:{repeat.key.raw.hex()}"))
            wish += [repeat.asked.raw, repeat.salt]
        outcome, *facts = await self._run(self._scripts.create, keys, *wish)
        if outcome == b"created":
            return _created(opening, facts)
        if outcome == b"repeated":
            return _repeated(opening, facts)
        if outcome == b"full":
            raise CapReached(opening.cap, int(facts[0]))
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
            keys = (*keys, key_of(client, f"failed:{attempt.who}"))
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


def _created(opening: Opening, facts: Sequence[Any]) -> Opened:
    expires_at, incarnation, count, resets_in_ms = facts
    session = opening.session(int(expires_at) - opening.ttl_ms, bytes(incarnation).decode())
    rate, left = opening.rate, None
    if rate:
        left = Allowance(rate, rate.most - int(count), int(resets_in_ms))
    return Opened(session=session, left_ms=opening.ttl_ms, creates=left)


def _repeated(opening: Opening, facts: Sequence[Any]) -> Opened:
    expires_at, incarnation, left_ms, digest, salt = facts
    session = Session(
        client=opening.client,
        digest=Digest(bytes(digest)),
        expires_at=int(expires_at),
        incarnation=bytes(incarnation).decode(),
        payload=opening.payload,
    )
    return Opened(session=session, left_ms=int(left_ms), repeated_salt=bytes(salt))


def _rate(rate: Rate | None) -> tuple[int, int]:
    return (rate.most, rate.window_ms) if rate else (0, 0)


def _pack(payload: Payload) -> bytes:
    if payload == Payload():
        return b""
    return json.dumps([payload.subject, payload.metadata]).encode()


def _unpack(packed: bytes) -> Payload:
    return Payload(*json.loads(packed)) if packed else Payload()
