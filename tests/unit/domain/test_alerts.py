import pytest

from domain.alerts import BUCKET_MS, WINDOW_MS, Change, Limits, Rule, Standing, Tally

MINUTE = 60_000
REMIND = 10 * MINUTE
RULE = Rule(
    name="hot", raise_at=90, resolve_below=80, raise_after_ms=30_000, resolve_after_ms=20_000
)
AT_ONCE = Rule(name="hot", raise_at=90, resolve_below=80, resolve_after_ms=0)


def play(rule: Rule, *values: tuple[int, float]) -> list[tuple[int, Change]]:
    """Tell it values at their seconds, and return what it says when."""
    standing, said = Standing(), []
    for second, value in values:
        standing, change = standing.judge(rule, value, second * 1000, REMIND)
        if change is not None:
            said.append((second, change))
    return said


def test_it_is_raised_once_when_the_value_has_stayed_for_long_enough_and_not_before() -> None:
    assert play(RULE, (0, 90), (29, 95)) == []
    assert play(RULE, (0, 90), (29, 95), (30, 90), (40, 99)) == [(30, Change.RAISED)]


def test_it_is_not_raised_just_below() -> None:
    assert play(AT_ONCE, (0, 89.9), (100, 89.9)) == []
    assert play(AT_ONCE, (0, 90)) == [(0, Change.RAISED)]


def test_a_value_that_dips_in_between_begins_anew() -> None:
    assert play(RULE, (0, 90), (20, 89), (40, 90), (69, 90)) == []


def test_between_the_two_bounds_it_stays_as_it_was() -> None:
    raised = [(0, 90.0), (30, 90.0)]
    assert play(RULE, *raised, (31, 80), (100, 89), (200, 80)) == [(30, Change.RAISED)]


def test_it_is_resolved_once_when_the_value_has_stayed_away_for_long_enough() -> None:
    raised = [(0, 90.0), (30, 90.0)]
    said = play(RULE, *raised, (40, 79), (59, 79), (60, 0), (70, 0), (300, 0))
    assert said == [(30, Change.RAISED), (60, Change.RESOLVED)]


def test_it_is_raised_again_after_it_was_resolved() -> None:
    said = play(AT_ONCE, (0, 90), (1, 0), (2, 90))
    assert said == [(0, Change.RAISED), (1, Change.RESOLVED), (2, Change.RAISED)]


def test_one_that_goes_on_is_told_again_after_a_time_and_no_more_often() -> None:
    every_ten_seconds = [(second, 95.0) for second in range(0, 1300, 10)]
    assert play(AT_ONCE, *every_ten_seconds) == [
        (0, Change.RAISED),
        (600, Change.REMINDED),
        (1200, Change.REMINDED),
    ]


def test_only_what_is_quiet_need_not_be_remembered() -> None:
    assert Standing().is_quiet
    turning, _ = Standing().judge(RULE, 90, 0, REMIND)
    assert not turning.is_quiet
    raised, _ = Standing().judge(AT_ONCE, 90, 0, REMIND)
    assert not raised.is_quiet
    resolved, _ = raised.judge(AT_ONCE, 0, 1, REMIND)
    assert resolved.is_quiet


def test_what_is_counted_is_forgotten_after_the_window() -> None:
    tally = Tally()
    for at in (0, 1, WINDOW_MS // 2, WINDOW_MS - 1):
        tally = tally.plus(1, at)
    assert tally.until(WINDOW_MS - 1).count == 4
    assert tally.until(WINDOW_MS + BUCKET_MS).count == 2
    assert tally.until(2 * WINDOW_MS + BUCKET_MS) == Tally()


def test_many_take_no_more_room_than_few_and_a_late_one_is_counted() -> None:
    tally = Tally()
    for at in range(0, 10_000, 10):
        tally = tally.plus(1, at)
    tally = tally.plus(1, 0)
    assert tally.count == 1001
    assert len(tally.buckets) == 2


def test_the_limits_are_what_the_rules_go_by() -> None:
    limits = Limits(store_away_seconds=5, cap_percent=50, refusals_per_minute=10)
    assert limits.store_away.raise_after_ms == 5000
    assert (limits.cap_near.raise_at, limits.cap_near.resolve_below) == (50, 45)
    assert (limits.refusals_spike.raise_at, limits.refusals_spike.resolve_below) == (10, 5)
    assert limits.replay_attempted.raise_at == 1
    assert limits.snapshot_old.raise_at == limits.snapshot_minutes
    names = {rule.name for rule in limits.all}
    assert names == {
        "store_away",
        "cap_near",
        "refusals_spike",
        "replay_attempted",
        "snapshot_old",
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"store_away_seconds": 0},
        {"cap_percent": 101},
        {"cap_percent": 1},
        {"refusals_per_minute": 1},
        {"remind_minutes": 0},
        {"snapshot_minutes": 1},
    ],
)
def test_a_limit_that_makes_no_sense_cannot_be_made(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Limits(**wrong)
