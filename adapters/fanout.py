"""One event, told to everybody who takes note of events."""

from collections.abc import Callable, Sequence

from application.ports import EventSink
from domain.events import Event


class Fanout(EventSink):
    """Tells each sink in turn. One that raises costs the others nothing.

    ``failed`` is told which sink it was and what it raised, by their names, and may itself be
    told of many in a short time.
    """

    def __init__(self, sinks: Sequence[EventSink], failed: Callable[[str, str], None]) -> None:
        self._sinks = tuple(sinks)
        self._failed = failed

    def emit(self, event: Event) -> None:
        for sink in self._sinks:
            try:
                sink.emit(event)
            except Exception as error:  # noqa: BLE001 a request must not fail with who takes note of it
                self._failed(type(sink).__name__, type(error).__name__)
