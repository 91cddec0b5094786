"""Reading the stream of events again."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from adapters.audit_entry import Only, entry_of
from adapters.redis.audit_stream import AUDIT
from adapters.redis.keys import key_of
from adapters.redis.link import RedisLink
from adapters.redis.scripts import Scripts
from application.audit_ports import AuditTrail
from domain.audit import Entry, Stretch

SLACK_MS = 60_000
"""The stream's clock is Redis's, an event's that of its server: so far they may be apart."""


class RedisTrail(AuditTrail):
    """Asks for whole entries of the stream, each with as many events as came together.

    A position to go on from is an entry's id, and how many events there had been with it: by that
    it is known how many were dropped. An event's own has its number in the entry besides.
    """

    def __init__(self, link: RedisLink, scripts: Scripts, owner: str = AUDIT) -> None:
        self._link = link
        self._scripts = scripts
        self._keys = (key_of(owner, "events"), key_of(owner, "totals"))

    def start_of(self, at: int) -> str:
        return f"{max(at - SLACK_MS, 0)}-0"

    async def after(self, position: str, most: int, only: Collection[str] = ()) -> Stretch:
        script = self._scripts.events_after
        start, _, seen = position.partition("/")
        wish = (start.encode(), int(seen or -1), most)
        reaches_the_end, missed, total, *batches = await self._link.run(script, self._keys, wish)
        end = f"{batches[-2].decode()}/{total}" if batches else position
        return Stretch(list(_entries(batches, Only(only))), end, bool(reaches_the_end), missed)

    async def latest(self, count: int) -> Sequence[Entry]:
        told = await self._link.run(self._scripts.latest_events, self._keys[:1], (count,))
        _, *batches = told
        latest_first = islice(_entries(batches, Only(()), backwards=True), count)
        return list(latest_first)[::-1]


def _entries(batches: Sequence[bytes], only: Only, *, backwards: bool = False) -> Iterator[Entry]:
    for position, lines in zip(batches[::2], batches[1::2], strict=True):
        numbered = list(enumerate(lines.split(b"\n")))
        for number, line in reversed(numbered) if backwards else numbered:
            entry = entry_of(f"{position.decode()}:{number}", line) if only.may_be(line) else None
            if entry is not None:
                yield entry
