"""Reading the stream of events again."""

from collections.abc import Collection, Sequence
from typing import Any

from adapters.audit_entry import Only, entry_of
from adapters.redis.audit_stream import AUDIT
from adapters.redis.keys import key_of
from adapters.redis.link import RedisLink
from application.audit_ports import AuditTrail
from domain.audit import Entry, Stretch

SLACK_MS = 60_000
"""The stream's clock is Redis's, an event's that of its server: so far they may be apart."""


class RedisTrail(AuditTrail):
    """Asks for so many entries a time; a position is an entry's id in the stream."""

    def __init__(self, link: RedisLink, owner: str = AUDIT) -> None:
        self._link = link
        self._key = key_of(owner, "events")

    def start_of(self, at: int) -> str:
        return f"{max(at - SLACK_MS, 0)}-0"

    async def after(self, position: str, most: int, only: Collection[str] = ()) -> Stretch:
        told = await self._link.ask("XRANGE", self._key, f"({position}", "+", "COUNT", most)
        end = told[-1][0].decode() if told else position
        return Stretch(_entries(told, Only(only)), end, len(told) < most)

    async def latest(self, count: int) -> Sequence[Entry]:
        told = await self._link.ask("XREVRANGE", self._key, "+", "-", "COUNT", count)
        return _entries(told[::-1], Only(()))


def _entries(told: Sequence[Any], only: Only) -> Sequence[Entry]:
    found = [
        entry_of(position.decode(), fields[1])
        for position, fields in told
        if only.may_be(fields[1])
    ]
    return [entry for entry in found if entry is not None]
