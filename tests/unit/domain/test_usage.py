import pytest

from domain.errors import InvalidPeriod
from domain.refusal import Refusal
from domain.usage import (
    DAY_MS,
    HOUR_MS,
    REFUSALS,
    Count,
    Counted,
    Period,
    Step,
    Usage,
    add_up,
)

DAY = 20_000 * DAY_MS


def counted(hour: int, what: Counted, many: int, region: str = "") -> Count:
    return Count(hour=DAY + hour * HOUR_MS, what=what, many=many, region=region)


COUNTS = [
    counted(0, Counted.CREATED, 3),
    counted(23, Counted.CREATED, 4),
    counted(23, Counted.REDEEMED, 2, "BR"),
    counted(23, Counted.REDEEMED, 1, "PT"),
    counted(24, Counted.REFUSED_USED, 5, "BR"),
    counted(24, Counted.REFUSED_STALE, 6),
]


def period(begin: int, end: int, step: Step) -> Period:
    return Period(start=DAY + begin * HOUR_MS, end=DAY + end * HOUR_MS, step=step)


def told(usage: Usage) -> tuple[object, ...]:
    begin, end = ((at - DAY) / HOUR_MS for at in (usage.start, usage.end))
    return begin, end, usage.region, dict(usage.counts)


@pytest.mark.parametrize("refusal", Refusal)
def test_each_refusal_is_counted_as_one_of_its_own(refusal: Refusal) -> None:
    assert Counted.of(refusal).refusal is refusal
    assert Counted.of(refusal) in REFUSALS


def test_what_is_no_refusal_counts_as_none() -> None:
    others = {Counted.CREATED, Counted.CAP_REACHED, Counted.REDEEMED, Counted.REVOKED}
    assert {what for what in Counted if what.refusal is None} == others
    assert set(REFUSALS) | others == set(Counted)


def test_counts_are_added_up_by_the_hour() -> None:
    usages = add_up(COUNTS, client="portal", period=period(0, 48, Step.HOUR))
    assert [told(usage) for usage in usages] == [
        (0, 1, None, {"created": 3}),
        (23, 24, None, {"created": 4, "redeemed": 3}),
        (24, 25, None, {"refused_used": 5, "refused_stale": 6}),
    ]
    assert {usage.client for usage in usages} == {"portal"}
    assert [usage.refused for usage in usages] == [0, 0, 11]


def test_counts_are_added_up_by_the_day_and_by_the_region() -> None:
    usages = add_up(COUNTS, client="portal", period=period(0, 48, Step.DAY), by_region=True)
    assert [told(usage) for usage in usages] == [
        (0, 24, "", {"created": 7}),
        (0, 24, "BR", {"redeemed": 2}),
        (0, 24, "PT", {"redeemed": 1}),
        (24, 48, "", {"refused_stale": 6}),
        (24, 48, "BR", {"refused_used": 5}),
    ]


@pytest.mark.parametrize(("end", "redeemed"), [(23, 0), (24, 3)])
def test_a_period_ends_before_its_end(end: int, redeemed: int) -> None:
    (usage,) = add_up(COUNTS, client="portal", period=period(0, end, Step.ALL))
    assert usage.many(Counted.REDEEMED) == redeemed


@pytest.mark.parametrize(("begin", "created"), [(0, 7), (1, 4), (23, 4), (24, 0)])
def test_a_period_begins_with_its_beginning(begin: int, created: int) -> None:
    (usage,) = add_up(COUNTS, client="portal", period=period(begin, 48, Step.ALL))
    assert usage.many(Counted.CREATED) == created


def test_the_first_and_the_last_step_are_as_short_as_the_period_has_them() -> None:
    usages = add_up(COUNTS, client="portal", period=period(20, 30, Step.DAY))
    assert [told(usage)[:2] for usage in usages] == [(20, 24), (24, 30)]


def test_where_nothing_happened_there_is_no_usage() -> None:
    assert add_up([], client="portal", period=period(0, 48, Step.ALL)) == []


@pytest.mark.parametrize(
    ("start", "end"),
    [(DAY, DAY), (DAY + HOUR_MS, DAY), (DAY + 1, DAY + HOUR_MS), (DAY, DAY + 1), (-HOUR_MS, DAY)],
)
def test_a_period_begins_and_ends_on_the_hour_and_has_a_length(start: int, end: int) -> None:
    with pytest.raises(InvalidPeriod):
        Period(start=start, end=end)
