"""Whose turn it is."""

from pathlib import Path

from bench.plan import STARTS, Plan, rotated


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


def test_the_rounds_go_on_over_all_starts_as_if_there_were_one() -> None:
    turns: list[str] = []
    parts = list(Plan(9, 1, Path()).in_starts())
    for part in parts:
        part.in_rounds("abc", turns.append)
    assert "".join(turns) == 3 * "abcbcacab"
    assert [part.rounds for part in parts] == [1, 2, 2, 2, 2]
    assert len({part.folder for part in parts}) == STARTS


def test_there_are_no_more_starts_than_rounds() -> None:
    assert [part.rounds for part in Plan(2, 1, Path()).in_starts()] == [1, 1]
