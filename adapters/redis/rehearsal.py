"""Everything that is ever asked of Redis, once, on keys of its own.

What a permission, a full disk or a wrong server would spoil later is spoilt here, where it
can be told. The keys are named for a client that no clients file can hold, are gone at the
end, and expire if this program is.
"""

from contextlib import suppress

from adapters.redis.diagnosis import why_refused
from adapters.redis.grants import RedisGrants
from adapters.redis.keys import grant_keys_of, key_of, keys_of
from adapters.redis.link import RedisLink
from adapters.redis.scripts import Scripts, SingleUse, read_lua
from adapters.redis.sessions import RedisSessions
from application.ports import Clock, Finding, StoreUnavailable
from domain.attempt import Attempt
from domain.errors import FramegateError
from domain.grant import Granting
from domain.opening import Batch, Opening
from domain.payload import Payload
from domain.rate import Rate
from domain.refusal import Refused
from domain.repeat import Repeat
from domain.session_id import Digest

CLOCKS_APART_MS = 5_000
_TTL_MS = 60_000
_STORE_TIME = f"{read_lua('time')}\nreturn store_time()"
_ATTEMPT = Attempt("doctor", Rate(100))
_REDEEMED, _REVOKED, _LEFT, _ONE_OF_MANY = map(
    Digest.of, ("redeemed", "revoked", "left", "one of many")
)


class Rehearsal:
    """One run through, as the client ``name``, which must not run elsewhere at the time."""

    def __init__(
        self, link: RedisLink, scripts: Scripts, single_use: SingleUse, clock: Clock, name: str
    ) -> None:
        self._link = link
        self._scripts = scripts
        self._single_use = single_use
        self._clock = clock
        self._client = name
        # Remembers nothing, so that forgetting is rehearsed, too.
        self._sessions = RedisSessions(link, scripts, most_remembered=0)
        self._grants = RedisGrants(link, scripts)

    async def run(self) -> list[Finding]:
        """Return what was found; the first refusal ends it."""
        try:
            return await self._go_through()
        except StoreUnavailable as error:
            return [why_refused(error, self._scripts.all)]
        except FramegateError as error:  # its own sessions are gone: something else is at work
            return [Finding.failed("redis.refused", reason=type(error).__name__)]
        finally:
            with suppress(StoreUnavailable):
                await self._link.ask("UNLINK", *self._keys())

    async def _go_through(self) -> list[Finding]:
        await self._use_everything()
        fence = [await self._fail_over()] if self._single_use is SingleUse.STRICT else []
        clocks = await self._compare_clocks()
        return [Finding.ok("redis.permissions.enough"), *fence, clocks]

    async def _use_everything(self) -> None:
        sessions, client = self._sessions, self._client
        await self._link.check()
        for digest in (_REDEEMED, _REVOKED, _LEFT):
            await sessions.create(
                Opening(
                    client=client,
                    digest=digest,
                    ttl_ms=_TTL_MS,
                    cap=3,
                    payload=Payload("doctor", "{}"),
                    rate=_ATTEMPT.rate,
                    repeat=Repeat(key=digest, asked=digest, salt=b"doctor"),
                )
            )
        many = Batch(client=client, digests=(_ONE_OF_MANY,), ttl_ms=_TTL_MS, cap=4)
        await sessions.create_many(many)
        granting = Granting(token=_REDEEMED, ttl_ms=_TTL_MS, idle_ms=_TTL_MS)
        await sessions.redeem(client, _REDEEMED, attempt=_ATTEMPT, granting=granting)
        await self._grants.use(client, _REDEEMED, _REDEEMED)
        await self._grants.revoke(client, _REDEEMED)
        with suppress(Refused):
            await sessions.redeem(client, _REDEEMED, attempt=_ATTEMPT)
        await sessions.revoke(client, _REVOKED)
        await sessions.clean_up(client)
        await sessions.figures(client)

    def _keys(self) -> list[bytes]:
        repeats = [f"repeat:{digest.raw.hex()}" for digest in (_REDEEMED, _REVOKED, _LEFT)]
        parts = [f"failed:{_ATTEMPT.who}", *repeats]
        others = [key_of(self._client, part) for part in parts]
        return [*keys_of(self._client), *grant_keys_of(self._client), *others]

    async def _fail_over(self) -> Finding:
        # What the next primary would find: sessions, and the name of another life.
        counters = next(key for key in keys_of(self._client) if key.endswith(b":counters"))
        await self._link.ask("HSET", counters, "incarnation", "another")
        try:
            await self._sessions.redeem(self._client, _LEFT)
        except Refused:
            return Finding.ok("redis.fence.holds")
        return Finding.failed("redis.fence.open")

    async def _compare_clocks(self) -> Finding:
        # By EVAL, which otherwise is needed only when Redis has forgotten a script.
        store = int(await self._link.ask("EVAL", _STORE_TIME, 0))
        apart = abs(store - self._clock.now())
        if apart > CLOCKS_APART_MS:
            return Finding.note("redis.clock.apart", seconds=apart // 1000)
        return Finding.ok("redis.clock.close")
