"""Snapshots beside the requests: when they are taken, and that no failure goes further."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from application.restore_last import RestoreLast
from domain.refusal import Refusal
from entrypoints.snapshotting import LOOKS, Plan, Snapshotting
from tests.unit.application.test_snapshots import Life

EVERY = 900.0


def beside(life: Life, naps: int = 0, between: Callable[[], None] = lambda: None) -> Snapshotting:
    """Make one that wakes up so many times, and then sleeps for good."""
    left = naps

    async def sleep(seconds: float) -> None:
        nonlocal left
        assert seconds == EVERY / LOOKS
        if not left:
            await asyncio.Event().wait()
        left -= 1
        life.clock.time += round(seconds * 1000)
        between()

    plan = Plan(life.take, life.restore, EVERY, RestoreLast(life.restore))
    return Snapshotting(plan, sleep)


async def passed() -> None:
    await asyncio.sleep(0)


async def passes(condition: Callable[[], bool]) -> None:
    """Give way to others until it holds."""
    while not condition():
        await passed()


def lived(snapshotting: Snapshotting, *, until: int = 0) -> list[dict[str, Any]]:
    """Run it until so many lines are logged, stop it, and return what it has logged."""

    async def live() -> None:
        await snapshotting.begin()
        snapshotting.start()
        await passes(lambda: len(logs) >= until)
        await snapshotting.close()

    with capture_logs() as logs:
        asyncio.run(live())
    return [dict(line) for line in logs]


def test_a_snapshot_is_taken_whenever_the_last_is_too_old(tmp_path: Path) -> None:
    lines = lived(beside(Life(tmp_path), naps=2 * LOOKS), until=3)
    assert [line["event"] for line in lines] == 4 * ["snapshot_taken"]
    assert [line["final"] for line in lines] == [False, False, False, True]


def test_what_is_asked_for_is_taken_at_once(tmp_path: Path) -> None:
    snapshotting = beside(Life(tmp_path))

    async def ask() -> None:
        snapshotting.take_now()
        snapshotting.take_now()  # it is being taken
        await passes(lambda: bool(logs))

    with capture_logs() as logs:
        asyncio.run(ask())
    assert [line["event"] for line in logs] == ["snapshot_taken"]


def test_a_store_begins_where_it_has_ended(tmp_path: Path) -> None:
    old = Life(tmp_path)
    old.create("left")
    lived(beside(old))
    new = Life(tmp_path, old.clock)
    restored, *_ = lived(beside(new))
    assert (restored["event"], restored["final"], restored["revived"]) == (
        "snapshot_restored",
        True,
        1,
    )


def test_a_store_that_is_not_in_memory_is_not_put_back_and_leaves_no_final_one(
    tmp_path: Path,
) -> None:
    life = Life(tmp_path)
    life.create("left")
    snapshotting = Snapshotting(Plan(life.take, life.restore, EVERY))
    lines = lived(snapshotting, until=1)
    assert [(line["event"], line["final"]) for line in lines] == [("snapshot_taken", False)]
    assert life.redeem("left") is None


def test_a_folder_that_goes_and_comes_is_told_of_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    life = Life(folder)

    def come_back() -> None:
        folder.mkdir(exist_ok=True)

    not_restored, failed, taken, final = lived(beside(life, 1, come_back), until=3)
    assert not_restored["event"] == "snapshot_not_restored"
    assert (failed["event"], failed["problem"]) == ("snapshot_failed", "No such file or directory")
    assert str(folder) in failed["path"]
    assert (taken["event"], final["final"]) == ("snapshot_taken", True)


def test_a_last_snapshot_that_fails_is_told_and_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    folder.mkdir()
    life = Life(folder)
    snapshotting = beside(life)

    async def live() -> None:
        snapshotting.start()
        await passes(lambda: bool(logs))
        shutil.rmtree(folder)
        await snapshotting.close()

    with capture_logs() as logs:
        asyncio.run(live())
    assert [line["event"] for line in logs] == ["snapshot_taken", "snapshot_failed"]


@pytest.mark.parametrize("damage", [b"", b"no snapshot"])
def test_what_is_broken_is_told_and_the_one_before_put_back(tmp_path: Path, damage: bytes) -> None:
    old = Life(tmp_path)
    old.create("left")
    old.taken()
    (tmp_path / old.taken().name).write_bytes(damage)
    new = Life(tmp_path, old.clock)
    broken, restored, *_ = lived(beside(new))
    assert (broken["event"], broken["problem"]) == ("snapshot_broken", "no_snapshot")
    assert restored["event"] == "snapshot_restored"
    new = Life(tmp_path, old.clock)
    asyncio.run(RestoreLast(new.restore).execute())
    assert new.redeem("left") is Refusal.STALE
