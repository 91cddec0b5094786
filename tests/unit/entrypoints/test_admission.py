"""Who is let in when many come at once."""

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from entrypoints.http.admission import (
    BEAT_SECONDS,
    BEATS_IN_TIME,
    PATIENCE_SECONDS,
    STANDING,
    Admission,
)
from tests.unit.logging_kept import logging_kept


class Loop:
    """A clock, and what is to be called later; ``late`` is how long the loop is held up."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.late = 0.0
        self._waiting: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self._waiting.append((self.now + seconds, call))

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self._waiting and self._waiting[0][0] + self.late <= end:
            due, call = self._waiting.pop(0)
            self.now = max(self.now, due + self.late)
            call()
        self.now = end

    @property
    def is_idle(self) -> bool:
        return not self._waiting


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def admission(loop: Loop) -> Admission:
    return Admission(256, loop.time, loop.later)


def test_up_to_the_standing_number_everybody_is_always_admitted(
    admission: Admission, loop: Loop
) -> None:
    loop.late = 0.02
    for _ in range(50):
        assert admission.admits(arriving=STANDING - 1)
        admission.admits(arriving=300)
        loop.run(0.1)


def test_a_new_crowd_is_admitted_up_to_the_most(admission: Admission) -> None:
    crowd = [admission.admits(arriving=n) for n in (STANDING, 100, 255, 256)]
    assert crowd == [True, True, True, False]


def test_a_crowd_that_stays_is_cut_down_to_the_standing_number(
    admission: Admission, loop: Loop
) -> None:
    loop.late = 0.02
    assert admission.admits(arriving=100)
    loop.run(PATIENCE_SECONDS)
    for _ in range(20):
        assert not admission.admits(arriving=STANDING)
        assert admission.admits(arriving=STANDING - 1)
        loop.run(0.5)


def test_a_loop_that_is_in_time_now_and_then_has_no_time_to_spare(
    admission: Admission, loop: Loop
) -> None:
    admission.admits(arriving=100)
    for _ in range(40):
        loop.late = 0.02
        loop.run(0.03)
        loop.late = 0.0
        loop.run((BEATS_IN_TIME - 1.5) * BEAT_SECONDS)
    assert not admission.admits(arriving=100)


def test_a_crowd_has_passed_when_the_loop_had_time_to_spare(
    admission: Admission, loop: Loop
) -> None:
    for _ in range(40):  # crowds that come and go, for a long time
        assert admission.admits(arriving=255)
        loop.run(BEATS_IN_TIME * BEAT_SECONDS + 0.001)


def test_waiting_for_a_slow_store_is_no_crowd_that_stays(admission: Admission, loop: Loop) -> None:
    for _ in range(100):
        assert admission.admits(arriving=200)
        loop.run(0.01)


def test_nothing_beats_while_there_is_no_crowd(admission: Admission, loop: Loop) -> None:
    admission.admits(arriving=STANDING - 1)
    assert loop.is_idle
    admission.admits(arriving=STANDING)
    assert not loop.is_idle
    loop.run(1)
    assert loop.is_idle


def test_a_most_below_the_standing_number_holds_always(loop: Loop) -> None:
    admission = Admission(2, loop.time, loop.later)
    assert [admission.admits(arriving=n) for n in (0, 1, 2, 3)] == [True, True, False, False]


def test_a_request_is_not_in_its_own_way(loop: Loop) -> None:
    admission = Admission(1, loop.time, loop.later)
    admission.begin("one")
    assert admission.admits("one")
    assert not admission.admits("two")
    admission.end("one")
    admission.end("one")
    assert admission.admits("two")


def test_the_log_is_told_of_the_first_at_once_and_then_once_a_second_of_how_many(
    loop: Loop,
) -> None:
    admission = Admission(1, loop.time, loop.later)
    with logging_kept(), capture_logs() as lines:
        for _ in range(10):
            admission.turned_away()
        loop.run(1.001)
        loop.run(1.001)
        admission.turned_away()
    assert [line["times"] for line in lines] == [1, 9, 1]
    assert {line["event"] for line in lines} == {"overloaded"}


def test_who_is_judged_and_let_in_all_the_same_is_not_counted(loop: Loop) -> None:
    admission = Admission(1, loop.time, loop.later)
    with logging_kept(), capture_logs() as lines:
        assert not admission.admits(arriving=1)
    assert lines == []
