"""The audit log: one structured line per event."""

from collections.abc import Callable, Sequence

from adapters.audit_entry import entry_lines
from adapters.gathering import Gathering
from application.ports import EventSink
from domain.events import Event

Lines = Callable[[], bytes]


class AuditLog(EventSink):
    """Has events written as entries: to the log, and to whoever gathers them.

    An event holds a fingerprint and no id, so neither does its entry. ``tell`` is told of the first
    event of several, and asks for the entries of all when it writes: an event stays as it is, and
    to make many in a row takes half the time of making each between other things.
    """

    def __init__(self, tell: Callable[[Lines], None], gatherings: Sequence[Gathering] = ()) -> None:
        self._tell = tell
        self._gatherings = tuple(gatherings)
        self._kept: list[Event] = []

    def emit(self, event: Event) -> None:
        self._kept.append(event)
        if len(self._kept) == 1:
            self._tell(self._lines)

    def _lines(self) -> bytes:
        kept, self._kept = self._kept, []
        lines = entry_lines(kept)
        for gathering in self._gatherings:
            gathering.take(lines)
        return lines
