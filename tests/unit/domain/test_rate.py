"""How often something may happen."""

import pytest
from attrs import astuple

from domain.errors import RateLimited
from domain.rate import Allowance, Rate, Window

RATE = Rate(2, 1_000)
NOW = 1_700_000_000_000


def test_a_window_begins_with_the_first_and_is_over_at_its_end() -> None:
    window = Window().at(NOW, RATE)
    assert window == Window(0, NOW + 1_000)
    assert window.at(NOW + 999, RATE) is window
    assert window.at(NOW + 1_000, RATE) == Window(0, NOW + 2_000)


def test_a_window_admits_as_many_as_the_rate_says() -> None:
    window = Window()
    for count in (1, 2):
        window = window.admit(NOW, RATE).counted()
        assert window.count == count
    with pytest.raises(RateLimited) as limited:
        window.admit(NOW + 400, RATE)
    assert astuple(limited.value) == (2, 1_000, 600, 0)
    assert window.admit(NOW + 1_000, RATE) == Window(0, NOW + 2_000)


def test_several_at_once_are_admitted_all_or_none() -> None:
    window = Window().admit(NOW, Rate(3, 1_000), 2).counted(2)
    with pytest.raises(RateLimited) as limited:
        window.admit(NOW + 400, Rate(3, 1_000), 2)
    assert astuple(limited.value) == (3, 1_000, 600, 1)
    assert window.admit(NOW + 400, Rate(3, 1_000), 1).counted() == Window(3, NOW + 1_000)


def test_an_allowance_is_what_is_left_and_never_less_than_nothing() -> None:
    assert Window(0, NOW + 5).allowance(NOW, RATE) == Allowance(RATE, 2, 5)
    assert Window(7, NOW + 5).allowance(NOW, RATE) == Allowance(RATE, 0, 5)


def test_a_rate_is_of_a_minute_unless_told() -> None:
    assert Rate(3).window_ms == 60_000
