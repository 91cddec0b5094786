"""Grants in Redis: one script and one round trip an operation."""

from collections.abc import Sequence

from adapters.redis.keys import grant_keys_of, key_of
from adapters.redis.link import RedisLink
from adapters.redis.packed import unpack
from adapters.redis.scripts import Script, Scripts
from application.ports import GrantRepository
from domain.attempt import Attempt
from domain.errors import RateLimited
from domain.grant import REPLACED_MS, Grant, Shown
from domain.refusal import Refusal, Refused
from domain.session_id import Digest


class RedisGrants(GrantRepository):
    """Has the scripts decide. What the keys hold stands in ``lua/held.lua``."""

    def __init__(self, link: RedisLink, scripts: Scripts) -> None:
        self._link = link
        self._scripts = scripts

    async def use(self, client: str, *shown: Shown) -> Grant:
        wish = b"".join([session.raw + token.raw for session, token in shown])
        return await self._change(self._scripts.use_grant, client, shown, wish)

    async def count_refusal(self, client: str, attempt: Attempt) -> None:
        rate = attempt.rate
        keys = (*grant_keys_of(client), key_of(client, f"failed_grants:{attempt.who}"))
        wait = await self._link.run(self._scripts.refuse_grant, keys, (rate.most, rate.window_ms))
        if wait:
            raise RateLimited(rate.most, rate.window_ms, int(wait))

    async def replace(self, client: str, session: Digest, token: Digest) -> Grant:
        wish = (session.raw, token.raw, client.encode(), REPLACED_MS)
        return await self._change(self._scripts.replace_grant, client, [(session, token)], *wish)

    async def _change(
        self, script: Script, client: str, shown: Sequence[Shown], *wish: bytes | int
    ) -> Grant:
        outcome, *told = await self._link.run(script, grant_keys_of(client), wish)
        if outcome == b"refused":
            raise Refused(Refusal(bytes(told[0]).decode()))
        expires_at, facts, which = told
        session, token = shown[int(which) - 1]
        return grant_of(client, session, token, facts=bytes(facts), expires_at=int(expires_at))

    async def revoke(self, client: str, session: Digest) -> bool:
        script, keys = self._scripts.revoke_grant, grant_keys_of(client)
        return bool(await self._link.run(script, keys, (session.raw, client.encode())))


def grant_of(
    client: str, session: Digest, token: Digest, *, facts: bytes, expires_at: int
) -> Grant:
    """Read a grant from what `granted` has of it after the token."""
    origin, _, payload = facts[23:].partition(b"\n")
    return Grant(
        client=client,
        session=session,
        token=token,
        payload=unpack(payload),
        ends_at=int(facts[:13]),
        idle_ms=int(facts[13:23]),
        expires_at=expires_at,
        origin=origin.decode(),
    )
