"""Sessions in Redis: one script and one round trip an operation."""

from collections.abc import Coroutine, Sequence
from typing import Any, NoReturn

from attrs import field, frozen

from adapters.redis.keys import grant_keys_of, key_of, keys_of
from adapters.redis.link import RedisLink
from adapters.redis.packed import digests_in, pack, unpack
from adapters.redis.scripts import Script, Scripts
from application.ports import SessionRepository
from domain.attempt import Attempt
from domain.errors import CapReached, DuplicateSession, IdempotencyConflict, RateLimited
from domain.figures import CleanUp, Figures
from domain.grant import Granting
from domain.opening import Batch, Opened, OpenedBatch, Opening
from domain.rate import Allowance, Rate
from domain.refusal import Refusal, Refused
from domain.session import MOST_REMEMBERED, REMEMBERED_MS, Session, Standing
from domain.session_id import DIGEST_BYTES, Digest

CLEAN_UP_BATCH = 1000

_SUCCESSES = frozenset((b"created", b"repeated"))
_NONE = Digest(bytes(DIGEST_BYTES))

_Keys = tuple[bytes, ...]
_Wish = tuple[bytes | int, ...]


@frozen
class _Ending:
    """A way for a session to end, and the script that decides over it."""

    script: Script
    standing: Standing
    word: bytes = field(init=False)

    @word.default
    def _encodes(self) -> bytes:
        return self.standing.value.encode()


class RedisSessions(SessionRepository):
    """Has the scripts decide. What they mean stands in ``lua/common.lua``."""

    def __init__(
        self, link: RedisLink, scripts: Scripts, most_remembered: int = MOST_REMEMBERED
    ) -> None:
        self._link = link
        self._scripts = scripts
        self._memory = (REMEMBERED_MS, most_remembered)
        self._use = _Ending(scripts.redeem, Standing.USED)
        self._revoke = _Ending(scripts.revoke, Standing.REVOKED)

    async def create(self, opening: Opening) -> Opened:
        kind, facts = await self._create(self._scripts.create, opening, opening.digest.raw)
        if kind == b"repeated":
            return _repeated(opening, facts)
        return _created(opening, facts)

    async def create_many(self, batch: Batch) -> OpenedBatch:
        digests = b"".join([digest.raw for digest in batch.digests])
        kind, facts = await self._create(self._scripts.create_many, batch, digests)
        if kind == b"repeated":
            return _repeated_batch(facts)
        return OpenedBatch(
            digests=batch.digests,
            expires_at=int(facts[0]),
            left_ms=batch.ttl_ms,
            creates=_left(batch.rate, facts),
        )

    async def _create(
        self, script: Script, wanted: Opening | Batch, digests: bytes
    ) -> tuple[bytes, Sequence[Any]]:
        keys, rate, repeat = keys_of(wanted.client), wanted.rate, wanted.repeat
        most, window_ms = (rate.most, rate.window_ms) if rate else (0, 0)
        payload = pack(wanted.payload)
        wish: tuple[bytes | int, ...]
        wish = (*self._memory, digests, wanted.ttl_ms, wanted.cap, payload, most, window_ms)
        if repeat:
            keys = (*keys, key_of(wanted.client, f"repeat:{repeat.key.raw.hex()}"))
            wish = (*wish, repeat.asked.raw, repeat.salt)
        kind, *facts = await self._link.run(script, keys, wish)
        if kind in _SUCCESSES:
            return kind, facts
        if kind == b"full":
            raise CapReached(wanted.cap, int(facts[0]))
        if kind == b"limited":
            raise RateLimited(most, window_ms, int(facts[0]), int(facts[1]))
        if kind == b"conflict":
            raise IdempotencyConflict(bytes(facts[0]).decode())
        raise DuplicateSession

    def redeem(
        self,
        client: str,
        digest: Digest,
        *,
        attempt: Attempt | None = None,
        granting: Granting | None = None,
        region: str = "",
    ) -> Coroutine[Any, Any, Session]:
        keys, counted = _counted(client, attempt, granting, region)
        return self._end(self._use, client, digest, keys, counted)

    async def refuse(
        self, client: str, reason: Refusal, *, attempt: Attempt | None = None, region: str = ""
    ) -> NoReturn:
        keys, counted = _counted(client, attempt, None, region)
        await self._ask_to_end(self._scripts.refuse, keys, _NONE, reason.encode(), counted)
        raise Refused(reason)  # the script has said so

    def revoke(self, client: str, digest: Digest) -> Coroutine[Any, Any, Session]:
        return self._end(self._revoke, client, digest, *_counted(client))

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
        self, ending: _Ending, client: str, digest: Digest, keys: _Keys, counted: _Wish
    ) -> Session:
        facts = await self._ask_to_end(ending.script, keys, digest, ending.word, counted)
        return Session(
            client=client,
            digest=digest,
            expires_at=int(facts[0]),
            incarnation=bytes(facts[1]).decode(),
            payload=unpack(bytes(facts[2])),
            ended=ending.standing,
        )

    async def _ask_to_end(
        self, script: Script, keys: _Keys, digest: Digest, how: bytes, counted: _Wish
    ) -> Sequence[Any]:
        wish = (*self._memory, digest.raw, how, *counted)
        facts: Sequence[Any]
        outcome, *facts = await self._link.run(script, keys, wish)
        if outcome == b"refused":
            raise Refused(Refusal(bytes(facts[0]).decode()))
        if outcome == b"limited":
            most, window_ms, *_ = counted
            raise RateLimited(int(most), int(window_ms), int(facts[0]))
        return facts

    async def _run(self, script: Script, keys: Sequence[bytes], *arguments: bytes | int) -> Any:
        return await self._link.run(script, keys, (*self._memory, *arguments))


def _counted(
    client: str,
    attempt: Attempt | None = None,
    granting: Granting | None = None,
    region: str = "",
) -> tuple[_Keys, _Wish]:
    """Put together what ``lua/end.lua`` takes beside the session and its end."""
    keys, most, window_ms = keys_of(client), 0, 0
    grant: _Wish = (b"",)
    if granting:
        keys = (*keys, *grant_keys_of(client))
        origin = granting.origin.encode()
        grant = (granting.token.raw, granting.ttl_ms, granting.idle_ms, origin)
    if attempt:
        keys = (*keys, key_of(client, f"failed:{attempt.who}"))
        most, window_ms = attempt.rate.most, attempt.rate.window_ms
    return keys, (most, window_ms, region.encode(), *grant)


def _created(opening: Opening, facts: Sequence[Any]) -> Opened:
    expires_at, incarnation, *_ = facts
    session = opening.session(int(expires_at) - opening.ttl_ms, bytes(incarnation).decode())
    return Opened(session=session, left_ms=opening.ttl_ms, creates=_left(opening.rate, facts))


def _left(rate: Rate | None, facts: Sequence[Any]) -> Allowance | None:
    if rate is None:
        return None
    *_, count, resets_in_ms = facts
    return Allowance(rate, rate.most - int(count), int(resets_in_ms))


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


def _repeated_batch(facts: Sequence[Any]) -> OpenedBatch:
    expires_at, _, left_ms, digests, salt = facts
    return OpenedBatch(
        digests=tuple(digests_in(digests)),
        expires_at=int(expires_at),
        left_ms=int(left_ms),
        repeated_salt=bytes(salt),
    )
