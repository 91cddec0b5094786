"""Whose turn it is."""

from pathlib import Path

from bench.plan import Plan, rotated


def test_everybody_has_one_turn_a_round_and_each_begins_in_its_time() -> None:
    turns: list[str] = []
    Plan(3, 1, Path()).in_rounds("abc", turns.append)
    assert "".join(turns) == "abcbcacab"


def test_what_is_measured_stays_in_the_order_of_the_rounds() -> None:
    numbers = iter(range(100))
    measured = Plan(2, 1, Path()).in_rounds("ab", lambda _: next(numbers))
    assert measured == {"a": [0, 3], "b": [1, 2]}


def test_going_round_loses_nobody() -> None:
    assert rotated([1, 2, 3], 7) == [2, 3, 1]
