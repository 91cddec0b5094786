import pytest

from domain.spread import Spread

BOUNDS = (0.1, 1.0)


def test_what_never_was_has_no_quantile() -> None:
    assert Spread.none(BOUNDS).many == 0
    assert Spread.none(BOUNDS).quantile(0.5) is None


@pytest.mark.parametrize(
    ("counts", "share", "seconds"),
    [
        ((4, 0, 0), 0.5, 0.05),
        ((4, 0, 0), 1.0, 0.1),
        ((2, 2, 0), 0.5, 0.1),
        ((2, 2, 0), 0.75, 0.55),
        ((0, 4, 0), 0.5, 0.55),
        ((0, 4, 0), 1.0, 1.0),
        ((0, 0, 3), 0.5, 1.0),
        ((1, 0, 1), 0.99, 1.0),
    ],
)
def test_times_count_as_evenly_spread_within_a_bucket_and_as_the_last_bound_beyond_it(
    counts: tuple[int, ...], share: float, seconds: float
) -> None:
    assert Spread(BOUNDS, counts).quantile(share) == pytest.approx(seconds)


def test_spreads_are_added_and_told_apart() -> None:
    earlier, more = Spread(BOUNDS, (1, 2, 3)), Spread(BOUNDS, (4, 0, 1))
    assert (earlier + more).counts == (5, 2, 4)
    assert (earlier + more).since(earlier) == more
    assert more.since(None) == more
