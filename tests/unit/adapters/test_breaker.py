"""Not storming a Redis that is away."""

import random

import pytest

from adapters.redis.breaker import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    LOST_IN_A_ROW,
    Breaker,
)

TRY_SECONDS = 0.3


class Moment:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def breaker(moment: Moment) -> Breaker:
    return Breaker(moment, chance=lambda _, most: most)


def lose(breaker: Breaker, times: int = LOST_IN_A_ROW) -> None:
    for _ in range(times):
        breaker.lost()


def test_everybody_is_let_through_while_there_are_answers(breaker: Breaker) -> None:
    lose(breaker, LOST_IN_A_ROW - 1)
    breaker.answered()
    lose(breaker, LOST_IN_A_ROW - 1)
    assert breaker.admits(TRY_SECONDS)


def test_after_several_lost_in_a_row_callers_are_turned_away_for_a_pause(
    breaker: Breaker, moment: Moment
) -> None:
    lose(breaker)
    assert not breaker.admits(TRY_SECONDS)
    moment.now += FIRST_PAUSE_SECONDS * 0.99
    assert not breaker.admits(TRY_SECONDS)
    moment.now += FIRST_PAUSE_SECONDS * 0.02
    assert breaker.admits(TRY_SECONDS)


def test_after_the_pause_one_tries_and_the_others_wait_for_how_it_ends(
    breaker: Breaker, moment: Moment
) -> None:
    lose(breaker)
    moment.now += FIRST_PAUSE_SECONDS
    assert [breaker.admits(TRY_SECONDS) for _ in range(3)] == [True, False, False]
    breaker.answered()
    assert breaker.admits(TRY_SECONDS)


def test_a_try_that_never_ends_holds_up_the_next_one_for_its_time_only(
    breaker: Breaker, moment: Moment
) -> None:
    lose(breaker)
    moment.now += FIRST_PAUSE_SECONDS
    assert breaker.admits(TRY_SECONDS)
    moment.now += TRY_SECONDS
    assert breaker.admits(TRY_SECONDS)


def test_the_pause_doubles_and_never_grows_beyond_its_longest(
    breaker: Breaker, moment: Moment
) -> None:
    lose(breaker)
    pauses = []
    for _ in range(6):
        began = moment.now
        while not breaker.admits(TRY_SECONDS):
            moment.now += 0.001
        pauses.append(moment.now - began)
        breaker.lost()
    assert pauses == pytest.approx([0.05, 0.1, 0.2, 0.4, 0.5, 0.5], abs=0.002)
    assert max(pauses) <= LONGEST_PAUSE_SECONDS + 0.002


def test_tries_that_were_under_way_when_the_pause_began_do_not_make_it_longer(
    breaker: Breaker, moment: Moment
) -> None:
    lose(breaker, LOST_IN_A_ROW + 20)
    moment.now += FIRST_PAUSE_SECONDS
    assert breaker.admits(TRY_SECONDS)


def test_an_answer_ends_the_pause_at_once(breaker: Breaker) -> None:
    lose(breaker)
    breaker.answered()
    assert breaker.admits(TRY_SECONDS)


def test_workers_that_lost_the_same_redis_do_not_come_back_in_step() -> None:
    moment = Moment()
    breakers = [Breaker(moment, random.Random(seed).uniform) for seed in range(20)]
    for breaker in breakers:
        lose(breaker)
    waiting = set(breakers)
    back = []
    while waiting:
        moment.now += 0.001
        ready = {breaker for breaker in waiting if breaker.admits(TRY_SECONDS)}
        waiting -= ready
        back.append(len(ready))
    assert max(back) < len(breakers) / 2
    assert len(back) * 0.001 <= FIRST_PAUSE_SECONDS + 0.001
