from collections.abc import Callable

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


def at_once(lines: Callable[[], bytes]) -> None:
    lines()


def test_every_sink_is_told_of_an_event_in_turn() -> None:
    first, second = RecordingSink(), RecordingSink()
    Fanout(at_once, sinks=[first, second], failed=nobody_fails).emit(EVENT)
    assert first.events == second.events == [EVENT]


def test_a_sink_that_fails_costs_neither_the_others_nor_the_request_and_is_named() -> None:
    failed: list[tuple[str, str]] = []
    before, after = RecordingSink(), RecordingSink()
    sinks = [before, BrokenSink(), after]
    fanout = Fanout(at_once, sinks=sinks, failed=lambda *what: failed.append(what))
    fanout.emit(EVENT)
    fanout.emit(EVENT)
    assert before.events == after.events == [EVENT, EVENT]
    # Not what the error says: that could be anything.
    assert failed == [("BrokenSink", "LookupError")] * 2


def test_events_wait_until_they_are_asked_for_and_are_told_once() -> None:
    asked: list[Callable[[], bytes]] = []
    sink = RecordingSink()
    fanout = Fanout(asked.append, sinks=[sink], failed=nobody_fails)
    for _ in range(3):
        fanout.emit(EVENT)
    (lines,) = asked
    assert sink.events == []
    assert lines().count(b"key_rejected") == 3
    assert sink.events == [EVENT] * 3
    fanout.emit(EVENT)
    assert asked[1]().count(b"key_rejected") == 1
