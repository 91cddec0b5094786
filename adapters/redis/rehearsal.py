"""Everything that is ever asked of Redis, once, on keys of its own.

What a permission, a full disk or a wrong server would spoil later is spoilt here, where it
can be told. The keys are named for a client that no clients file can hold, are gone at the
end, and expire if this program is.
"""

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress

from attrs import frozen
from redis.asyncio.connection import AbstractConnection

from adapters.audit_entry import entry_lines
from adapters.gathering import NotTaken
from adapters.redis.audit_stream import AuditStream
from adapters.redis.audit_trail import RedisTrail
from adapters.redis.control import RedisControl
from adapters.redis.diagnosis import why_refused
from adapters.redis.grants import RedisGrants
from adapters.redis.keys import grant_keys_of, key_of, keys_of
from adapters.redis.link import RedisLink
from adapters.redis.revocations import PROBLEMS, heard_on
from adapters.redis.scripts import Scripts, SingleUse, read_lua
from adapters.redis.sessions import RedisSessions
from adapters.redis.snapshots import RedisSnapshots
from application.ports import Clock, Finding, Randomness, StoreUnavailable
from domain.attempt import Attempt
from domain.errors import FramegateError
from domain.events import KeyRejected
from domain.grant import Granting
from domain.listing import Listed, Listing
from domain.opening import Batch, Opening
from domain.payload import Payload
from domain.rate import Rate
from domain.record import record_of_granted
from domain.refusal import Refused
from domain.repeat import Repeat
from domain.session_id import Digest
from domain.snapshot import Part
from domain.usage import DAY_MS

CLOCKS_APART_MS = 5_000
_TTL_MS = 60_000
_STORE_TIME = f"{read_lua('time')}\nreturn store_time()"
_ATTEMPT = Attempt("doctor", Rate(100))
_REDEEMED, _REVOKED, _LEFT, _ONE_OF_MANY, *_TAKEN_BACK = map(
    Digest.of, ("redeemed", "revoked", "left", "one of many", "by subject", "with all")
)
_CARRIED = Payload("doctor", "{}")


@frozen(kw_only=True)
class Rehearsal:
    """One run through, as ``client``, which must not run elsewhere at the time.

    ``connect`` makes a connection on which revocations are listened for. Whether
    events can be kept is tried where ``events_are_kept``.
    """

    link: RedisLink
    connect: Callable[[], AbstractConnection]
    scripts: Scripts
    single_use: SingleUse
    clock: Clock
    randomness: Randomness
    client: str
    events_are_kept: bool = True

    async def run(self) -> list[Finding]:
        """Return what was found; the first refusal ends it."""
        try:
            return await self._go_through()
        except StoreUnavailable as error:
            return [why_refused(error, self.scripts.all)]
        except FramegateError as error:  # its own sessions are gone: something else is at work
            return [Finding.failed("redis.refused", reason=type(error).__name__)]
        finally:
            with suppress(StoreUnavailable):
                await self.link.ask("UNLINK", *await self._keys())

    # They remember nothing, so that forgetting is rehearsed, too.
    @property
    def _sessions(self) -> RedisSessions:
        return RedisSessions(self.link, self.scripts, most_remembered=0)

    @property
    def _grants(self) -> RedisGrants:
        return RedisGrants(self.link, self.scripts)

    @property
    def _control(self) -> RedisControl:
        return RedisControl(self.link, self.scripts, self.randomness, most_remembered=0)

    async def _go_through(self) -> list[Finding]:
        await self._use_everything()
        push = await self._listen()
        kept = [await self._take_down()] if self.events_are_kept else []
        fence = [await self._fail_over()] if self.single_use is SingleUse.STRICT else []
        clocks = await self._compare_clocks()
        return [Finding.ok("redis.permissions.enough"), push, *kept, *fence, clocks]

    async def _use_everything(self) -> None:
        sessions, client = self._sessions, self.client
        await self.link.check()
        await self._take_back()
        for digest in (_REDEEMED, _REVOKED, _LEFT):
            await sessions.create(
                Opening(
                    client=client,
                    digest=digest,
                    ttl_ms=_TTL_MS,
                    cap=3,
                    payload=_CARRIED,
                    rate=_ATTEMPT.rate,
                    repeat=Repeat(key=digest, asked=digest, salt=b"doctor"),
                )
            )
        many = Batch(client=client, digests=(_ONE_OF_MANY,), ttl_ms=_TTL_MS, cap=4)
        await sessions.create_many(many)
        granting = Granting(token=_REDEEMED, ttl_ms=_TTL_MS, idle_ms=_TTL_MS)
        await sessions.redeem(client, _REDEEMED, attempt=_ATTEMPT, granting=granting)
        await self._grants.use(client, (_REDEEMED, _REDEEMED))
        await self._grants.count_refusal(client, _ATTEMPT)
        await self._grants.replace(client, _REDEEMED, _REDEEMED)
        await self._grants.revoke(client, _REDEEMED)
        with suppress(Refused):
            await sessions.redeem(client, _REDEEMED, attempt=_ATTEMPT)
        await sessions.revoke(client, _REVOKED)
        await sessions.clean_up(client)
        await sessions.figures(client)
        await self._read_and_put_back()

    async def _take_back(self) -> None:
        for digest, everything in zip(_TAKEN_BACK, (False, True), strict=True):
            opening = Opening(
                client=self.client, digest=digest, ttl_ms=_TTL_MS, cap=1, payload=_CARRIED
            )
            await self._sessions.create(opening)
            await self._control.find(self.client, digest.fingerprint)
            await self._control.page(self.client, Listing(Listed.ACTIVE), None, 1)
            if everything:
                await self._control.revoke_all(self.client)
            else:
                await self._control.revoke_subject(self.client, "doctor")

    async def _read_and_put_back(self) -> None:
        snapshots = RedisSnapshots(self.link, self.scripts, self.clock, most_remembered=0)
        granting = Granting(token=_LEFT, ttl_ms=_TTL_MS, idle_ms=_TTL_MS)
        grant = granting.grant(self.client, _LEFT, _CARRIED, self.clock.now())
        held = Part(client=self.client, records=(record_of_granted(grant, None),))
        async for part in snapshots.read(self.client, final=False):
            await snapshots.put_back(part, final=True)
        await snapshots.put_back(held, final=True)

    async def _listen(self) -> Finding:
        """Find whether what a script tells of revocations is heard; nothing depends on it."""
        told = f"{self.client}\n".encode() + _REDEEMED.raw
        with suppress(*PROBLEMS):
            async with (
                asyncio.timeout(self.link.deadline_seconds),
                aclosing(heard_on(self.connect())) as heard,
            ):
                async for message in heard:
                    if message is None:
                        await self._grants.revoke(self.client, _REDEEMED)
                    elif message == told:
                        return Finding.ok("redis.push.works")
        return Finding.note("redis.push.unheard")

    async def _take_down(self) -> Finding:
        """Find whether events are kept and read again; nothing else depends on it."""
        stream = AuditStream(self.link, self.scripts, self.randomness, 1, self.client)
        trail = RedisTrail(self.link, self.scripts, self.client)
        try:
            await stream.write(0, entry_lines([KeyRejected(at=0, remote="")]), 1)
            await trail.after(trail.start_of(0), 1)
            await trail.latest(1)
        except (NotTaken, StoreUnavailable):
            return Finding.note("redis.audit.not_kept")
        finally:
            await self.link.ask("UNLINK", *stream.keys)
        return Finding.ok("redis.audit.kept")

    async def _keys(self) -> list[bytes]:
        today = await self._store_time() // DAY_MS
        days = [f"counters:{day}" for day in (today - 1, today)]  # midnight may have passed
        repeats = [f"repeat:{digest.raw.hex()}" for digest in (_REDEEMED, _REVOKED, _LEFT)]
        parts = [f"failed:{_ATTEMPT.who}", f"failed_grants:{_ATTEMPT.who}", *repeats, *days]
        others = [key_of(self.client, part) for part in parts]
        return [*keys_of(self.client), *grant_keys_of(self.client), *others]

    async def _fail_over(self) -> Finding:
        # What the next primary would find: sessions, and the name of another life.
        counters = next(key for key in keys_of(self.client) if key.endswith(b":counters"))
        await self.link.ask("HSET", counters, "incarnation", "another")
        try:
            await self._sessions.redeem(self.client, _LEFT)
        except Refused:
            return Finding.ok("redis.fence.holds")
        return Finding.failed("redis.fence.open")

    async def _compare_clocks(self) -> Finding:
        apart = abs(await self._store_time() - self.clock.now())
        if apart > CLOCKS_APART_MS:
            return Finding.note("redis.clock.apart", seconds=apart // 1000)
        return Finding.ok("redis.clock.close")

    async def _store_time(self) -> int:
        # By EVAL, which otherwise is needed only when Redis has forgotten a script.
        return int(await self.link.ask("EVAL", _STORE_TIME, 0))
