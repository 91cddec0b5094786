from typing import Any

import pytest

from adapters.metrics.event_meter import EventMeter
from adapters.metrics.meter import BOUNDS, Meter, State, Timing, no_time
from adapters.metrics.request_meter import RequestMeter
from domain import events
from domain.refusal import Refusal

AT: dict[str, Any] = {"at": 1, "remote": "192.0.2.1"}
OURS: dict[str, Any] = {**AT, "client": "portal"}


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_time_at_a_bound_is_below_it_and_a_longer_one_is_not(bound: float) -> None:
    timing = Timing()
    timing.take(bound + 1e-9)
    timing.take(bound)

    at, told = BOUNDS.index(bound), timing.so_far()
    assert told[at : at + 2] == [1, 1]
    assert sum(told[:-1]) == 2
    assert told[-1] == pytest.approx(2 * bound)


def test_times_that_come_after_somebody_asked_are_added() -> None:
    timing = Timing()
    for asked in (1, 2, 3):
        timing.take(0.3)
        told = timing.so_far()
        assert sum(told[:-1]) == asked
        assert told[-1] == pytest.approx(0.3 * asked)


def test_who_comes_in_anothers_place_goes_on_from_its_counts() -> None:
    lost, successor = Meter(), Meter()
    at_hand = successor.timings["t", "a"]
    for meter in (lost, successor):
        meter.counts["c", "portal"] += 2
        EventMeter(meter).take([events.SessionRedeemed(**OURS)])
    lost.timings["t", "a"].take(1.0)

    successor.go_on_from(State.unpacked(lost.state(7).packed()))
    at_hand.take(1.0)

    state = successor.state(8)
    assert state.pid == 8
    assert state.counts == {("c", "portal"): 4, ("sessions_redeemed", "portal"): 2}
    assert sum(state.timings["t", "a"][:-1]) == state.timings["t", "a"][-1] == 2


def test_what_has_never_taken_any_time_is_left_out() -> None:
    meter = Meter()
    assert meter.timings["t", "a"].so_far() == no_time()
    assert meter.state(1).timings == {}


@pytest.mark.parametrize(
    ("event", "counted"),
    [
        (events.SessionCreated(**OURS), {("sessions_created", "portal"): 1}),
        (
            events.BatchCreated(**OURS, count=7, fingerprints=""),
            {("sessions_created", "portal"): 7},
        ),
        (events.CreateRepeated(**OURS), {("creates_repeated", "portal"): 1}),
        (
            events.BatchRepeated(**OURS, count=7, fingerprints=""),
            {("creates_repeated", "portal"): 1},
        ),
        (
            events.CreateRefused(**OURS, cap=1),
            {("creates_refused", "portal", "session_cap_reached"): 1},
        ),
        (
            events.CreateConflicted(**OURS, problem="spent"),
            {("creates_refused", "portal", "idempotency_key_spent"): 1},
        ),
        (
            events.RateLimitReached(**OURS, limited="create"),
            {("creates_refused", "portal", "rate_limited"): 1},
        ),
        (
            events.RateLimitReached(**OURS, limited="redeem"),
            {("redeems_refused", "portal", "rate_limited"): 1},
        ),
        (events.SessionRedeemed(**OURS), {("sessions_redeemed", "portal"): 1}),
        (
            events.RedeemRefused(**OURS, reason=Refusal.USED),
            {("redeems_refused", "portal", "used"): 1},
        ),
        (
            events.RedeemRefused(**AT, reason=Refusal.UNKNOWN),
            {("redeems_refused", "?", "unknown"): 1},
        ),
        (
            events.GrantRefused(**OURS, reason=Refusal.EXPIRED),
            {("grants_refused", "portal", "expired"): 1},
        ),
        (events.SessionRevoked(**OURS), {("sessions_revoked", "portal"): 1}),
        (events.GrantRevoked(**OURS), {("grants_revoked", "portal"): 1}),
        (
            events.SessionsRevoked(**AT, scope="all", sessions=3, grants=2, complete=True),
            {("sessions_revoked", "*"): 3, ("grants_revoked", "*"): 2},
        ),
        (events.SessionsCleanedUp(**AT, removed=4), {("sessions_cleaned_up",): 4}),
        (events.KeyRejected(**AT), {("keys_rejected",): 1}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_event_is_counted_by_client_and_reason(
    event: events.Event, counted: dict[tuple[str, ...], int]
) -> None:
    meter = Meter()
    EventMeter(meter).take([event])
    assert meter.state(1).counts == counted


def test_an_event_of_a_kind_below_a_known_one_counts_as_that() -> None:
    class Replay(events.RedeemRefused):
        pass

    meter = Meter()
    EventMeter(meter).take([Replay(**OURS, reason=Refusal.USED)])
    assert meter.state(1).counts == {("redeems_refused", "portal", "used"): 1}


def test_requests_are_timed_by_the_name_of_what_answers_and_the_class_of_its_status() -> None:
    class OpenIframeRoute:
        pass

    meter = Meter()
    for status in (401, 429, 200):
        RequestMeter(meter)[OpenIframeRoute][status](0.1)

    name = "http_request_duration_seconds"
    times = {key: sum(timing[:-1]) for key, timing in meter.state(1).timings.items()}
    assert times == {(name, "open_iframe", "4xx"): 2, (name, "open_iframe", "2xx"): 1}


def test_what_is_sorted_in_early_is_told_as_ever() -> None:
    early, late = Meter(), Meter()
    for seconds in (0.0001, 0.2, 9.0):
        early.timings["t",].take(seconds)
        late.timings["t",].take(seconds)
        early.sort_in()
    assert early.state(0).timings == late.state(0).timings
    assert sum(early.state(0).timings["t",][:-1]) == 3


def test_a_grant_is_counted_where_a_redeem_gives_one() -> None:
    meter = Meter()
    for granted in (True, None):
        EventMeter(meter).take([events.SessionRedeemed(**OURS, granted=granted)])
    counts = meter.state(0).counts
    assert counts == {("sessions_redeemed", "portal"): 2, ("grants_given", "portal"): 1}


def test_what_somebody_else_counts_goes_on_from_the_one_before() -> None:
    lost, successor = Meter(), Meter()
    for meter, many in ((lost, 2), (successor, 3)):
        meter.told["audit_entries_lost", "log"] = lambda many=many: many  # type: ignore[misc]
    successor.go_on_from(State.unpacked(lost.state(1).packed()))

    for _ in range(2):
        assert successor.state(2).counts["audit_entries_lost", "log"] == 5
