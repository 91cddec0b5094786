"""What the page is sent: bounded, and nothing that is a secret."""

import orjson

from adapters.audit_entry import facts_of
from application.look_at_store import StoreView
from application.report_clients import Standing
from application.show_dashboard import Moment
from domain.audit import Entry
from domain.events import BatchCreated, RedeemRefused, SessionsRevoked
from domain.figures import Figures
from domain.readings import STEPS, Activity, Counts, History, Reading
from domain.refusal import Refusal
from domain.spread import Spread
from entrypoints.http.dashboard.frame import MOST_CLIENTS, frame_of

NONE = Spread.none((0.1,))
START = 1_700_000_000_000


def reading(step: int, clients: int = 1) -> Reading:
    activities = {f"client-{n}": Activity(created=step * (n + 1)) for n in range(clients)}
    counts = Counts(clients=activities, store=NONE, lag=NONE)
    return Reading(at=START + 5000 * step, counts=counts)


def moment(clients: int = 1, **view: object) -> Moment:
    kept = History()
    for step in range(STEPS + 5):
        kept = kept.with_one(reading(step, clients))
    standings = [
        Standing(f"client-{n}", Figures(active=n, used=1, created=2, redeemed=1), 10)
        for n in range(clients)
    ]
    store = StoreView(**{"at": START, "standings": standings, **view})  # type: ignore[arg-type]
    return Moment(now=reading(STEPS + 5, clients), history=kept, store=store)


def test_the_sums_are_those_of_all_clients_and_the_rows_of_the_busiest() -> None:
    frame = frame_of(moment(MOST_CLIENTS + 5), "redis")
    names = [row["client"] for row in frame["clients"]["rows"]]

    assert frame["sessions"]["active"] == sum(range(MOST_CLIENTS + 5))
    assert frame["sessions"]["cap"] == 10 * (MOST_CLIENTS + 5)
    assert len(names) == MOST_CLIENTS
    assert frame["clients"]["more"] == 5
    assert names == sorted(names)
    assert "client-24" in names
    assert "client-0" not in names


def test_what_is_told_does_not_grow_with_the_time_that_a_server_runs() -> None:
    frame = frame_of(moment(1000), "redis")
    assert len(frame["paces"]) == STEPS + 1
    assert len(orjson.dumps(frame)) < 8000


def test_of_events_only_what_is_known_to_be_no_secret_is_told() -> None:
    told = {"at": 1, "remote": "192.0.2.77", "client": "portal"}
    events = [
        RedeemRefused(**told, fingerprint="0123456789ab", reason=Refusal.USED, region="BR"),  # type: ignore[arg-type]
        BatchCreated(**told, count=2, fingerprints="a b"),  # type: ignore[arg-type]
        SessionsRevoked(**told, scope="subject", sessions=1, grants=2, complete=True),  # type: ignore[arg-type]
    ]
    entries = [
        Entry(position=str(n), at=n, event="e", facts={**facts_of(event), "session_id": "s"})
        for n, event in enumerate(events)
    ]
    shown = frame_of(moment(events=entries), "redis")["events"]

    assert [event["position"] for event in shown] == ["2", "1", "0"]
    assert shown[2] == {
        "position": "0",
        "at": 0,
        "event": "e",
        "client": "portal",
        "fingerprint": "0123456789ab",
        "reason": "used",
        "region": "BR",
    }
    assert shown[0].keys() == {"position", "at", "event", "client", "sessions", "grants"}
    assert "192.0.2.77" not in orjson.dumps(shown).decode()


def test_before_the_store_has_told_anything_that_is_said() -> None:
    store = frame_of(moment(at=0, away_since=START), "redis")["store"]
    assert (store["at"], store["away_since"]) == (None, START)
