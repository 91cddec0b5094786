"""Who is let in when many come at once."""

import pytest
from structlog.testing import capture_logs

from entrypoints.http.admission import BURST_SECONDS, CALM_SECONDS, STANDING, Admission
from tests.unit.logging_kept import logging_kept


class Moment:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def admission(moment: Moment) -> Admission:
    return Admission(256, moment)


def test_up_to_the_standing_number_everybody_is_always_admitted(
    admission: Admission, moment: Moment
) -> None:
    for _ in range(50):
        assert admission.admits(arriving=STANDING - 1)
        admission.admits(arriving=300)
        moment.now += 0.1


def test_a_burst_after_a_calm_second_is_admitted_up_to_the_most(admission: Admission) -> None:
    assert [admission.admits(arriving=n) for n in (STANDING, 100, 255, 256)] == [
        True,
        True,
        True,
        False,
    ]


def test_a_crowd_that_stays_is_cut_down_to_the_standing_number(
    admission: Admission, moment: Moment
) -> None:
    assert admission.admits(arriving=100)
    moment.now += BURST_SECONDS
    assert not admission.admits(arriving=100)
    assert not admission.admits(arriving=STANDING)
    assert admission.admits(arriving=STANDING - 1)


def test_there_is_no_other_burst_before_a_calm_second_has_passed(
    admission: Admission, moment: Moment
) -> None:
    admission.admits(arriving=100)
    for _ in range(40):  # ten seconds of it
        moment.now += BURST_SECONDS
        assert not admission.admits(arriving=100)
    moment.now += CALM_SECONDS
    assert not admission.admits(arriving=100)
    moment.now += CALM_SECONDS + 0.001
    assert admission.admits(arriving=100)


def test_a_most_below_the_standing_number_holds_always(moment: Moment) -> None:
    admission = Admission(2, moment)
    assert [admission.admits(arriving=n) for n in (0, 1, 2, 3)] == [True, True, False, False]


def test_the_log_is_told_once_a_second_how_many_were_turned_away(moment: Moment) -> None:
    admission = Admission(1, moment)
    with logging_kept(), capture_logs() as lines:
        for _ in range(10):
            admission.admits(arriving=1)
        moment.now += 1
        admission.admits(arriving=1)
    assert [line["turned_away"] for line in lines] == [1, 10]
    assert {line["event"] for line in lines} == {"overloaded"}


def test_a_request_is_not_in_its_own_way(moment: Moment) -> None:
    admission = Admission(1, moment)
    admission.begin("one")
    assert admission.admits("one")
    assert not admission.admits("two")
    admission.end("one")
    admission.end("one")
    assert admission.admits("two")
