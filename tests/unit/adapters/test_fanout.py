from adapters.fanout import Fanout
from application.ports import EventSink
from domain.events import Event, KeyRejected
from tests.unit.application.fakes import RecordingSink

EVENT = KeyRejected(at=1, remote="192.0.2.7")


class BrokenSink(EventSink):
    def emit(self, event: Event) -> None:
        raise LookupError(event.remote)


def nobody_fails(sink: str, problem: str) -> None:
    raise AssertionError(sink, problem)


def test_every_sink_is_told_of_an_event_in_turn() -> None:
    first, second = RecordingSink(), RecordingSink()
    Fanout([first, second], nobody_fails).emit(EVENT)
    assert first.events == second.events == [EVENT]


def test_a_sink_that_fails_costs_neither_the_others_nor_the_request_and_is_named() -> None:
    failed: list[tuple[str, str]] = []
    before, after = RecordingSink(), RecordingSink()
    fanout = Fanout([before, BrokenSink(), after], lambda *what: failed.append(what))
    fanout.emit(EVENT)
    fanout.emit(EVENT)
    assert before.events == after.events == [EVENT, EVENT]
    # Not what the error says: that could be anything.
    assert failed == [("BrokenSink", "LookupError")] * 2
