"""The latest events, kept in the process."""

from collections import deque
from collections.abc import Collection, Sequence
from itertools import islice

from adapters.audit_entry import facts_of, name_of
from adapters.fanout import Taker
from application.audit_ports import AuditTrail
from domain.audit import Entry, Stretch
from domain.events import Event


class MemoryTrail(Taker, AuditTrail):
    """Keeps the last ``length`` events; a position is how many there were before the next."""

    def __init__(self, length: int) -> None:
        self._kept: deque[Event] = deque(maxlen=length)
        self._told = 0

    def take(self, events: Sequence[Event]) -> None:
        self._kept.extend(events)
        self._told += len(events)

    def start_of(self, at: int) -> str:
        del at  # nothing has to be looked for where all is at hand
        return str(self._first)

    async def after(self, position: str, most: int, only: Collection[str] = ()) -> Stretch:
        first = self._first
        start = max(int(position), first)
        end = min(start + most, self._told)
        events = islice(self._kept, start - first, end - first)
        entries = [_entry(number, event) for number, event in enumerate(events, start + 1)]
        taken = [entry for entry in entries if not only or entry.event in only]
        return Stretch(taken, str(end), end == self._told, start - int(position))

    @property
    def _first(self) -> int:
        return self._told - len(self._kept)

    async def latest(self, count: int) -> Sequence[Entry]:
        return (await self.after(str(max(self._told - count, 0)), count)).entries


def _entry(number: int, event: Event) -> Entry:
    facts = facts_of(event)
    del facts["at"]
    return Entry(position=str(number), at=event.at, event=name_of(event), facts=facts)
