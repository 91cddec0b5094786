"""Events, told to everybody who takes note of them."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Protocol

from adapters.audit_entry import entry_lines
from adapters.gathering import Gathering
from application.ports import EventSink
from domain.events import Event

Lines = Callable[[], bytes]
Failed = Callable[[str, str], None]


class Taker(Protocol):
    """Takes note of events, of several at a time."""

    @abstractmethod
    def take(self, events: Sequence[Event]) -> None:
        """Take them, the oldest first. Never waits."""


def _unheard(taker: str, problem: str) -> None:
    del taker, problem


class Fanout(EventSink):
    """Has events written as lines of the audit log, and tells each taker of them in turn.

    An event holds a fingerprint and no id, so neither does its line. ``tell`` is told of the first
    event of several, and asks for the lines of all when it writes: an event stays as it is, to take
    many in a row costs half of taking each between other things, and their lines go on as one, to
    the log and to the gatherings.

    A taker that raises costs neither the others nor a request anything: ``failed`` is told which it
    was and what it raised, by their names, and may itself be told of many in a short time.
    """

    def __init__(
        self,
        tell: Callable[[Lines], None],
        gatherings: Sequence[Gathering] = (),
        takers: Sequence[Taker] = (),
        failed: Failed = _unheard,
    ) -> None:
        self._tell = tell
        self._gatherings = tuple(gatherings)
        self._takers = tuple(takers)
        self._failed = failed
        self._kept: list[Event] = []

    def emit(self, event: Event) -> None:
        self._kept.append(event)
        if len(self._kept) == 1:
            self._tell(self._lines)

    def _lines(self) -> bytes:
        kept, self._kept = self._kept, []
        for taker in self._takers:
            try:
                taker.take(kept)
            except Exception as error:  # noqa: BLE001 one that fails is no reason for others to
                self._failed(type(taker).__name__, type(error).__name__)
        lines = entry_lines(kept)
        for gathering in self._gatherings:
            gathering.take(lines, len(kept))
        return lines
