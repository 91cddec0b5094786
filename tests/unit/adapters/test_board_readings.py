from typing import Any

import pytest

from adapters.metrics.alerts_on import AlertsOn
from adapters.metrics.board_readings import reading_of
from adapters.metrics.event_meter import EventMeter
from adapters.metrics.meter import BOUNDS, Meter
from adapters.metrics.operation_meter import METRIC as STORE
from domain import events
from domain.alerts import Change, Notice, Ongoing
from domain.readings import Activity
from domain.refusal import Refusal

OURS: dict[str, Any] = {"at": 1, "remote": "192.0.2.1", "client": "portal"}
NOTICE = Notice(alert="cap_near", change=Change.RAISED, subject="portal", value=91, at=9, since=9)


def left_by(*meters: Meter, gone: int = 0) -> list[tuple[bytes, bool]]:
    return [(meter.state(n).packed(), n >= gone) for n, meter in enumerate(meters)]


def test_what_all_workers_have_counted_is_added_up() -> None:
    meters = [Meter(), Meter()]
    for meter in meters:
        sink = EventMeter(meter)
        sink.take([events.SessionCreated(**OURS)])
        sink.take([events.SessionRedeemed(**OURS)])
        sink.take([events.ReplayAttempted(**OURS, reason=Refusal.USED)])
        sink.take([events.KeyRejected(at=1, remote="192.0.2.1")])
    EventMeter(meters[0]).take([events.RedeemRefused(at=1, remote="", reason=Refusal.UNKNOWN)])

    counts = reading_of(left_by(*meters), 7).counts

    assert counts.clients == {"portal": Activity(2, 2, 2), "?": Activity(refused=1)}
    assert counts.reasons == {"used": 2, "unknown": 1}
    assert counts.others["keys_rejected"] == 2
    assert counts.activity == Activity(2, 2, 3)


def test_times_are_told_by_route_and_those_of_the_store_together() -> None:
    meter, name = Meter(), "http_request_duration_seconds"
    for status in ("2xx", "4xx"):
        meter.timings[name, "create_session", status].take(0.3)
    for operation in ("create", "redeem"):
        meter.timings[STORE, operation, "answered"].take(0.0001)
    meter.timings["event_loop_lag_seconds",].take(99.0)

    counts = reading_of(left_by(meter), 7).counts

    assert counts.routes["create_session"].many == 2
    assert counts.store.counts == (2, *[0] * len(BOUNDS))
    assert counts.lag.counts == (*[0] * len(BOUNDS), 1)


def test_a_worker_that_is_gone_leaves_its_counts_and_neither_gauges_nor_alerts() -> None:
    lost, there = Meter(), Meter()
    for meter in (lost, there):
        meter.counts["keys_rejected",] += 1
        meter.gauges["http_requests_in_flight",] = lambda: 3
    AlertsOn(lost).tell(NOTICE)

    reading = reading_of(left_by(lost, there, gone=1), 7)

    assert (reading.at, reading.workers, reading.in_flight) == (7, 1, 3)
    assert reading.counts.others == {"keys_rejected": 2}
    assert reading.alerts == []


def test_a_place_that_nobody_has_had_counts_nothing() -> None:
    assert reading_of([(b"", False)], 7).workers == 0


@pytest.mark.parametrize("change", [Change.RAISED, Change.REMINDED])
def test_an_alert_is_on_until_it_is_resolved(change: Change) -> None:
    meter = Meter()
    sink = AlertsOn(meter)
    sink.tell(Notice(alert="a", change=change, subject="portal", value=2, at=5, since=4))
    sink.tell(Notice(alert="a", change=Change.RESOLVED, subject="other", value=0, at=6, since=4))
    on = Ongoing(alert="a", subject="portal", value=2, since=4)
    assert reading_of(left_by(meter), 7).alerts == [on]

    sink.tell(Notice(alert="a", change=Change.RESOLVED, subject="portal", value=0, at=8, since=4))
    assert reading_of(left_by(meter), 9).alerts == []
