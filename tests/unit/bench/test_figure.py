"""Whether what was promised holds."""

import pytest

from bench.figure import Figure
from bench.spread import Spread


def figure(
    median: float | None, at_least: float | None = None, at_most: float | None = None
) -> Figure:
    measured = None if median is None else Spread(median, 0.0, 9e9, 15)
    return Figure(
        of="it", what="rate", unit="x", spread=measured, at_least=at_least, at_most=at_most
    )


@pytest.mark.parametrize(
    ("median", "at_least", "at_most", "holds"),
    [
        (2.5, 2.5, None, True),
        (2.499, 2.5, None, False),
        (0.4, None, 0.4, True),
        (0.401, None, 0.4, False),
        (3.0, 2.0, 4.0, True),
        (1.0, 2.0, 4.0, False),
        (5.0, 2.0, 4.0, False),
    ],
)
def test_a_promise_holds_up_to_its_bound(
    median: float, at_least: float | None, at_most: float | None, *, holds: bool
) -> None:
    assert figure(median, at_least, at_most).holds is holds


def test_a_promise_that_was_not_measured_does_not_hold() -> None:
    assert not figure(None, at_least=1.0).holds
    assert not figure(None, at_most=1.0).holds


def test_where_nothing_was_promised_nothing_is_broken() -> None:
    assert figure(0.001).holds
    assert figure(None).holds


def test_a_figure_is_written_with_the_digits_that_it_is_worth() -> None:
    assert figure(3.14159).measured == "3.14x"
    assert Figure(of="it", what="size", unit="bytes").written(1234.5678) == "1,235 bytes"
