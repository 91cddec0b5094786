"""Looking at the sessions that Redis keeps, and taking many back, in bounded steps."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from adapters.redis.grants import grant_of
from adapters.redis.keys import grant_keys_of, key_of, keys_of
from adapters.redis.link import RedisLink
from adapters.redis.packed import beginning_of, digests_in, unpack
from adapters.redis.scripts import Script, Scripts
from application.control_ports import SessionControl
from application.ports import Randomness, StoreUnavailable
from domain.grant import Grant
from domain.listing import Ended, Listed, Listing, Page, Position
from domain.record import Record, State, record_of_granted
from domain.session import MOST_REMEMBERED, REMEMBERED_MS
from domain.session_id import DIGEST_BYTES, Digest

LOOK_AT = 5000
"""So many entries one script looks at for a fingerprint: some 3 ms, in which Redis does nothing
else. What an entry carries takes longer to look at."""
LOOK_INTO = 2000
TAKE = 500
MOVE = 1000

_Where = tuple[bytes | int, bytes]
_FROM_THE_BEGINNING: _Where = (b"", b"")


class RedisControl(SessionControl):
    """Has the scripts look and end. ``forget`` is told whose grants may have ended."""

    def __init__(
        self,
        link: RedisLink,
        scripts: Scripts,
        randomness: Randomness,
        forget: Callable[[str], None] = lambda _: None,
        most_remembered: int = MOST_REMEMBERED,
    ) -> None:
        self._link = link
        self._scripts = scripts
        self._randomness = randomness
        self._forget = forget
        self._most_remembered = most_remembered

    async def find(self, client: str, fingerprint: str) -> Sequence[Record]:
        begins = bytes.fromhex(fingerprint)
        digests: dict[Digest, None] = {}  # one may be met in two sets
        more: Sequence[bytes | int] = (1, *_FROM_THE_BEGINNING)
        while more:
            found, *more = await self._run(self._scripts.find, client, *more, LOOK_AT, begins)
            digests |= dict.fromkeys(digests_in(found))
        if not digests:
            return ()
        told = await self._run(
            self._scripts.look, client, b"".join(digest.raw for digest in digests)
        )
        looks = [_looked_at(client, *known) for known in zip(digests, told, strict=True)]
        return [record for record in looks if record is not None]

    async def page(self, client: str, listing: Listing, after: Position | None, most: int) -> Page:
        records: list[Record] = []
        where = _FROM_THE_BEGINNING
        if after is not None:
            where = after.expires_at, bytes.fromhex(after.fingerprint)
        while True:
            to_take = most - len(records)
            # One more than is wanted tells whether there is any.
            to_look_at = to_take + 1 if listing.subject is None else LOOK_INTO
            wish = (
                listing.listed.encode(),
                *where,
                to_look_at,
                to_take,
                beginning_of(listing.subject),
            )
            (expires_at, digest), *told = await self._run(self._scripts.page, client, *wish)
            records += [_listed(client, listing.listed, facts) for facts in told]
            if not digest:
                return Page(records, None)
            if len(records) == most:
                return Page(records, Position(int(expires_at), Digest(digest).fingerprint))
            where = expires_at, digest

    async def revoke_subject(self, client: str, subject: str) -> Ended:
        try:
            # In this order: who redeems meanwhile is met among the grants.
            sessions = await self._revoke(client, Listed.ACTIVE, subject)
            grants = await self._revoke(client, Listed.GRANTED, subject)
        finally:
            self._forget(client)
        return Ended(sessions=sessions, grants=grants)

    async def _revoke(self, client: str, listed: Listed, subject: str) -> int:
        total, where = 0, _FROM_THE_BEGINNING
        while True:
            wish = (
                listed.encode(),
                *where,
                LOOK_INTO,
                TAKE,
                beginning_of(subject),
                client.encode(),
            )
            ended, *where = await self._run(self._scripts.revoke_subject, client, *wish)
            total += int(ended)
            if not where[1]:
                return total

    async def revoke_all(self, client: str) -> Ended:
        ended_key = key_of(client, f"ended:{self._randomness.secret(8).hex()}")
        told: Sequence[Any] = [b"again"]
        try:
            while told[0] == b"again":
                wish = client.encode(), MOVE
                told = await self._run(self._scripts.revoke_all, client, *wish, key=ended_key)
        finally:
            self._forget(client)
        sessions, grants = map(int, told[1:])
        # They have ended whatever comes of this; it is only for the reason of a refusal.
        with suppress(StoreUnavailable):
            await self._remember(client, ended_key, sessions)
        return Ended(sessions=sessions, grants=grants)

    async def _remember(self, client: str, ended_key: bytes, count: int) -> None:
        keys = (*keys_of(client), ended_key)
        for _ in range(0, min(count, self._most_remembered), MOVE):
            await self._link.run(self._scripts.remember_revoked, keys, (*self._memory, MOVE))
        if count > self._most_remembered:
            await self._link.ask("UNLINK", ended_key)

    async def _run(
        self, script: Script, client: str, *arguments: bytes | int, key: bytes | None = None
    ) -> Any:
        keys = (*keys_of(client), *grant_keys_of(client), *([key] if key else []))
        return await self._link.run(script, keys, (*self._memory, *arguments))

    @property
    def _memory(self) -> tuple[int, int]:
        return REMEMBERED_MS, self._most_remembered


def _looked_at(client: str, digest: Digest, told: Sequence[Any]) -> Record | None:
    state, expires_at, payload, holds_until, facts = told
    grant = _grant(client, digest, facts, holds_until) if facts else None
    if not state:
        return None if grant is None else record_of_granted(grant, None)
    return Record(
        client=client,
        digest=digest,
        state=State(state.decode()),
        expires_at=int(expires_at),
        payload=grant.payload if grant else unpack(payload),
        grant=grant,
    )


def _listed(client: str, listed: Listed, told: Sequence[Any]) -> Record:
    digest, expires_at, facts, used = Digest(told[0]), int(told[1]), told[2], told[3]
    if listed is Listed.GRANTED:
        grant = _grant(client, digest, facts, expires_at)
        return record_of_granted(grant, int(used) if used else None)
    return Record(
        client=client,
        digest=digest,
        state=State.ACTIVE,
        expires_at=expires_at,
        payload=unpack(facts),
    )


def _grant(client: str, session: Digest, facts: bytes, expires_at: int) -> Grant:
    token, rest = Digest(facts[:DIGEST_BYTES]), facts[DIGEST_BYTES:]
    return grant_of(client, session, token, facts=rest, expires_at=int(expires_at))
