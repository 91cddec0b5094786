from domain.readings import STEP_MS, STEPS, Activity, Counts, History, Reading
from domain.spread import Spread

NONE = Spread.none((0.1,))
START = 1_000_000


def reading(at: int, created: int = 0, **clients: Activity) -> Reading:
    activities = {"portal": Activity(created=created), **clients}
    return Reading(at=START + at, counts=Counts(clients=activities, store=NONE, lag=NONE))


def history(*readings: Reading) -> History:
    kept = History()
    for each in readings:
        kept = kept.with_one(each)
    return kept


def test_five_minutes_are_kept_and_no_more() -> None:
    kept = history(*(reading(n * STEP_MS, n) for n in range(STEPS + 3)))
    assert len(kept.readings) == STEPS + 1
    assert kept.readings[0].at == START + 2 * STEP_MS
    assert kept.readings[-1].at - kept.readings[0].at == STEPS * STEP_MS == 300_000


def test_a_span_begins_at_the_latest_reading_that_is_old_enough() -> None:
    kept = history(reading(0, 1), reading(5_000, 10), reading(10_000, 100))
    for now, created in ((14_999, 990), (15_000, 900)):
        span = kept.span(reading(now, 1000), 5_000)
        assert span.counts.activity.created == created
    assert kept.span(reading(15_000, 1000), 5_000).ms == 5_000


def test_a_span_that_is_longer_than_the_history_begins_with_it() -> None:
    span = history(reading(0, 1), reading(5_000, 10)).span(reading(6_000, 11), 60_000)
    assert (span.ms, span.counts.activity.created) == (6_000, 10)


def test_without_a_history_nothing_has_happened() -> None:
    now = reading(0, 7)
    assert History().span(now, 5_000).counts.activity == Activity()
    assert History().span(now, 5_000).ms == 0
    (pace,) = History().paces(now)
    assert (pace.at, pace.created) == (now.at, 0)


def test_paces_are_those_of_the_steps_and_at_last_of_now() -> None:
    kept = history(reading(0, 0), reading(5_000, 50), reading(10_000, 50))
    paces = kept.paces(reading(12_000, 64))
    assert [(pace.at - START, pace.created) for pace in paces] == [
        (5_000, 10.0),
        (10_000, 0.0),
        (12_000, 2.0),  # 14 within the seven seconds since the reading that is a step old
    ]


def test_a_client_that_was_not_there_before_counts_from_nothing() -> None:
    other = Activity(created=1, redeemed=2, refused=3)
    span = history(reading(0, 5)).span(reading(5_000, 6, other=other), 5_000)
    assert span.counts.clients == {"portal": Activity(created=1), "other": other}
    assert span.counts.activity == Activity(2, 2, 3)


def test_counts_of_all_kinds_are_told_apart() -> None:
    slow = Spread((0.1,), (0, 1))
    before = Counts(reasons={"used": 1}, others={"keys_rejected": 2}, store=NONE, lag=NONE)
    now = Counts(
        reasons={"used": 3, "stale": 1},
        others={"keys_rejected": 2},
        routes={"create_session": slow},
        store=slow,
        lag=NONE,
    )
    more = now.since(before)
    assert more.reasons == {"used": 2, "stale": 1}
    assert more.others == {"keys_rejected": 0}
    assert more.routes == {"create_session": slow}
    assert more.store == slow
