"""The audit log: one structured line per event."""

from collections.abc import Callable
from functools import partial

from adapters.audit_entry import facts_of, name_of
from application.ports import EventSink
from domain.events import Event


class AuditLog(EventSink):
    """Tells events by their names, with every field an event has.

    An event holds a fingerprint and no id, so neither does the line. ``tell`` writes it, and
    gets its facts when it asks for them: an event stays as it is.
    """

    def __init__(self, tell: Callable[[str, Callable[[], dict[str, object]]], None]) -> None:
        self._tell = tell

    def emit(self, event: Event) -> None:
        self._tell(name_of(event), partial(facts_of, event))
