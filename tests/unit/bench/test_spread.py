"""Medians and quartiles."""

import pytest

from bench.spread import Spread, paired, spread


def test_a_ratio_is_taken_within_each_round_and_not_between_medians() -> None:
    # Twice as fast in two rounds of three; the machine was four times as fast in the second.
    ours, theirs = [10.0, 80.0, 30.0], [5.0, 40.0, 10.0]
    assert paired(ours, theirs).median == 2.0


def test_rounds_that_only_one_of_two_has_played_are_no_pair() -> None:
    with pytest.raises(ValueError, match="shorter"):
        paired([1.0, 2.0], [1.0])


def test_quartiles_enclose_the_middle_half() -> None:
    assert spread([5.0, 1.0, 4.0, 2.0, 3.0]) == Spread(3.0, 2.0, 4.0, 5)


def test_what_was_measured_once_is_its_own_median() -> None:
    assert spread([7.0]) == Spread(7.0, 7.0, 7.0, 1)
