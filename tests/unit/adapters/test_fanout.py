from collections.abc import Callable, Sequence

from adapters.fanout import Fanout, Taker
from domain.events import Event, KeyRejected

EVENT = KeyRejected(at=1, remote="192.0.2.7")


class Noting(Taker):
    def __init__(self) -> None:
        self.events: list[Event] = []

    def take(self, events: Sequence[Event]) -> None:
        self.events += events


class Broken(Taker):
    def take(self, events: Sequence[Event]) -> None:
        raise LookupError(events[0].remote)


def nobody_fails(taker: str, problem: str) -> None:
    raise AssertionError(taker, problem)


def at_once(lines: Callable[[], bytes]) -> None:
    lines()


def test_every_taker_is_told_of_an_event_in_turn() -> None:
    first, second = Noting(), Noting()
    Fanout(at_once, takers=[first, second], failed=nobody_fails).emit(EVENT)
    assert first.events == second.events == [EVENT]


def test_a_taker_that_fails_costs_neither_the_others_nor_the_request_and_is_named() -> None:
    failed: list[tuple[str, str]] = []
    before, after = Noting(), Noting()
    takers = [before, Broken(), after]
    fanout = Fanout(at_once, takers=takers, failed=lambda *what: failed.append(what))
    fanout.emit(EVENT)
    fanout.emit(EVENT)
    assert before.events == after.events == [EVENT, EVENT]
    # Not what the error says: that could be anything.
    assert failed == [("Broken", "LookupError")] * 2


def test_events_wait_until_they_are_asked_for_and_are_told_once() -> None:
    asked: list[Callable[[], bytes]] = []
    taker = Noting()
    fanout = Fanout(asked.append, takers=[taker], failed=nobody_fails)
    for _ in range(3):
        fanout.emit(EVENT)
    (lines,) = asked
    assert taker.events == []
    assert lines().count(b"key_rejected") == 3
    assert taker.events == [EVENT] * 3
    fanout.emit(EVENT)
    assert asked[1]().count(b"key_rejected") == 1
