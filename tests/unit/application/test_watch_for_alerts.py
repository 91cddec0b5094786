import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.memory.sessions import MemorySessions
from adapters.memory.usage import MemoryUsage
from adapters.snapshots.folder import SnapshotFolder
from application.ports import StoreUnavailable
from application.tell_snapshot_age import TellSnapshotAge
from application.watch_for_alerts import WatchForAlerts
from domain.alerts import Change, Limits, Notice
from domain.client import NOBODY, Client
from domain.opening import Opening
from domain.policy import Policy
from domain.refusal import Refusal
from domain.session_id import Digest
from domain.usage import DAY_MS, HOUR_MS, Count, Counted
from tests.unit.application.fakes import (
    Directory,
    Health,
    Pager,
    SteppedClock,
)

LIMITS = Limits(
    store_away_seconds=30,
    cap_percent=50,
    refusals_per_minute=3,
    remind_minutes=60,
    snapshot_minutes=30,
)
CLIENTS = [
    Client(name=name, policy=Policy(ttl_seconds=7200, cap=4)) for name in ("other", "portal")
]


class Watchman:
    def __init__(self, snapshots: Path | None = None) -> None:
        self.clock, self.health, self.pager = SteppedClock(), Health(), Pager()
        self.sessions = MemorySessions(self.clock)
        self.snapshots = snapshots
        age = TellSnapshotAge(SnapshotFolder(snapshots), self.clock) if snapshots else None
        self.use_case = WatchForAlerts(
            snapshot_age=age,
            health=self.health,
            sessions=self.sessions,
            directory=Directory(*CLIENTS),
            ledger=MemoryUsage(self.sessions),
            sinks=[self.pager],
            clock=self.clock,
            limits=LIMITS,
        )

    def look(self, seconds: int = 0) -> list[tuple[str, str, str]]:
        """Look after so many seconds, and return what is told."""
        self.clock.step(1000 * seconds)
        self.pager.notices.clear()
        asyncio.run(self.use_case.execute())
        return [(n.alert, n.change.value, n.subject) for n in self.pager.notices]

    def refuse(self, count: int, client: str = "portal", reason: Refusal = Refusal.UNKNOWN) -> None:
        now, own = self.sessions.at_now(client)
        own.tallies.count(now, Counted.of(reason), many=count)

    def take_snapshot(self, number: int) -> None:
        assert self.snapshots is not None
        when = datetime.fromtimestamp(self.clock.now() / 1000, UTC)
        (self.snapshots / f"snapshot-{number:06}-{when:%Y%m%dT%H%M%S}.000Z.jsonl.gz").touch()

    def open(self, *numbers: int) -> None:
        for number in numbers:
            opening = Opening(
                client="portal", digest=Digest.of(str(number)), ttl_ms=7_200_000, cap=4
            )
            asyncio.run(self.sessions.create(opening))


@pytest.fixture
def watchman() -> Watchman:
    return Watchman()


def test_where_all_is_well_nobody_is_called(watchman: Watchman) -> None:
    watchman.open(1)
    watchman.refuse(2)
    assert [watchman.look(10) for _ in range(10)] == [[]] * 10


def test_a_store_that_stays_away_is_told_once_and_when_it_is_back(watchman: Watchman) -> None:
    watchman.health.problem = "away"
    assert [watchman.look(10) for _ in range(5)] == [
        [],
        [],
        [],
        [("store_away", "raised", "")],
        [],
    ]
    since = watchman.clock.now() - 10_000
    watchman.health.problem = None
    assert watchman.look(10) == []
    assert watchman.look(60) == [("store_away", "resolved", "")]
    (notice,) = watchman.pager.notices
    assert notice == Notice(
        alert="store_away",
        change=Change.RESOLVED,
        subject="",
        value=0,
        at=watchman.clock.now(),
        since=since,
    )


def test_a_store_that_was_away_for_a_moment_calls_nobody(watchman: Watchman) -> None:
    watchman.health.problem = "away"
    assert watchman.look() == []
    watchman.health.problem = None
    assert watchman.look(29) == []
    watchman.health.problem = "away"
    assert watchman.look(1) == []


def test_a_client_near_its_cap_is_named(watchman: Watchman) -> None:
    watchman.open(1)
    assert watchman.look() == []
    watchman.open(2)
    assert watchman.look(10) == [("cap_near", "raised", "portal")]
    assert watchman.pager.notices[0].value == 50
    assert watchman.look(3600) == [("cap_near", "reminded", "portal")]


def test_many_refusals_of_a_client_within_a_minute_are_told(watchman: Watchman) -> None:
    watchman.look()
    watchman.refuse(2)
    watchman.refuse(2, client=NOBODY)
    assert watchman.look(10) == []
    watchman.refuse(1)
    assert watchman.look(10) == [("refusals_spike", "raised", "portal")]
    assert watchman.look(60) == []
    assert watchman.look(60) == [("refusals_spike", "resolved", "portal")]


def test_refusals_of_different_minutes_are_no_spike(watchman: Watchman) -> None:
    watchman.look()
    for _ in range(10):
        watchman.refuse(1)
        assert watchman.look(40) == []


def test_a_replay_is_told_at_once_and_its_end_after_ten_quiet_minutes(watchman: Watchman) -> None:
    watchman.look()
    watchman.refuse(1, reason=Refusal.USED)
    assert watchman.look(1) == [("replay_attempted", "raised", "portal")]
    assert watchman.look(61) == []
    watchman.refuse(1, reason=Refusal.USED)
    assert watchman.look(1) == []
    assert watchman.look(61) == []
    assert watchman.look(599) == []
    assert watchman.look(1) == [("replay_attempted", "resolved", "portal")]
    assert watchman.use_case._replays == {}


def test_what_was_before_it_began_to_look_is_not_told(watchman: Watchman) -> None:
    watchman.refuse(5, reason=Refusal.USED)
    assert watchman.look(1) == []


def test_what_a_restore_puts_back_into_hours_that_are_over_is_not_told(watchman: Watchman) -> None:
    watchman.look()
    now, own = watchman.sessions.at_now("portal")
    for hours, told in (4, []), (0, [("replay_attempted", "raised", "portal")]):
        hour = (now // HOUR_MS - hours) * HOUR_MS
        own.tallies.put_back(now, [Count(hour=hour, what=Counted.REFUSED_USED, many=9)])
        assert watchman.look(1) == told


def test_nothing_is_missed_or_told_twice_when_an_hour_or_a_day_begins(watchman: Watchman) -> None:
    watchman.clock.step(DAY_MS - watchman.clock.now() % DAY_MS - 1)
    watchman.look()
    watchman.refuse(2)
    watchman.clock.step(1)
    watchman.refuse(1)
    assert watchman.look() == [("refusals_spike", "raised", "portal")]
    assert watchman.pager.notices[0].value == 3
    assert [watchman.look(30) for _ in range(5)].count([]) == 4
    assert watchman.use_case._refusals == {}


def test_what_was_read_once_is_not_counted_again(watchman: Watchman) -> None:
    watchman.look()
    watchman.refuse(2)
    assert [watchman.look(1) for _ in range(10)] == [[]] * 10


def test_a_store_that_goes_away_between_two_questions_is_no_error(watchman: Watchman) -> None:
    async def no_answer(_: str) -> object:
        raise StoreUnavailable("away")

    watchman.sessions.figures = no_answer  # type: ignore[method-assign, assignment]
    assert watchman.look() == []


def test_nothing_it_remembers_stays_when_it_is_over(watchman: Watchman) -> None:
    watchman.look()
    watchman.refuse(2)
    watchman.look(1)
    watchman.look(120)
    assert watchman.use_case._refusals == {}
    assert watchman.use_case._standings == {}


def test_a_last_snapshot_that_is_too_old_is_told_until_there_is_another(tmp_path: Path) -> None:
    watchman = Watchman(tmp_path)
    watchman.take_snapshot(1)
    assert watchman.look(30 * 60 - 1) == []
    assert watchman.look(1) == [("snapshot_old", "raised", "")]
    assert watchman.look(60) == []
    watchman.take_snapshot(2)
    assert watchman.look(1) == [("snapshot_old", "resolved", "")]


@pytest.mark.parametrize("gone", [False, True])
def test_where_no_snapshot_can_be_found_it_is_as_old_as_the_watch(
    tmp_path: Path, *, gone: bool
) -> None:
    watchman = Watchman(tmp_path / "gone" if gone else tmp_path)
    assert watchman.look() == []
    assert watchman.look(30 * 60 - 1) == []
    assert watchman.look(1) == [("snapshot_old", "raised", "")]


def test_a_snapshot_is_watched_while_the_store_is_away(tmp_path: Path) -> None:
    watchman = Watchman(tmp_path)
    watchman.look()
    watchman.health.problem = "away"
    assert ("snapshot_old", "raised", "") in watchman.look(30 * 60)
