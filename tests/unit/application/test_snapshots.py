"""Taking snapshots and putting them back, with stores in memory and files in a folder."""

import asyncio
from pathlib import Path

import pytest
from attrs import evolve, frozen

from adapters.memory.health import MemoryHealth
from adapters.memory.sessions import MemorySessions
from adapters.memory.snapshots import PIECE, MemorySnapshots
from adapters.snapshots.folder import SnapshotFolder
from application.ports import StoreHealth, StoreUnavailable
from application.restore_last import RestoreLast
from application.restore_snapshot import RestoreSnapshot
from application.snapshot_ports import Snapshot, SnapshotUnderWay
from application.take_snapshot import TakeRequest, TakeSnapshot
from application.tell_snapshot_age import TellSnapshotAge
from domain.client import Client
from domain.opening import Batch, Opening
from domain.refusal import Refusal, Refused
from domain.session_id import Digest
from tests.unit.application.fakes import Directory, SteppedClock

MINUTE_MS = 60_000


class Life:
    """One life of a store, and what there is to do with it; the folder outlives it."""

    def __init__(self, folder: Path, clock: SteppedClock | None = None) -> None:
        self.clock = clock or SteppedClock()
        self.sessions = MemorySessions(self.clock)
        self.files = SnapshotFolder(folder)
        store = MemorySnapshots(self.sessions)
        self.take = TakeSnapshot(
            store=store,
            directory=Directory(Client(name="portal")),
            files=self.files,
            clock=self.clock,
            storage="memory",
            keep=3,
        )
        self.restore = RestoreSnapshot(store, self.files, MemoryHealth())
        self.age = TellSnapshotAge(self.files, self.clock)

    def create(self, name: str) -> None:
        opening = Opening(client="portal", digest=Digest.of(name), ttl_ms=MINUTE_MS, cap=9)
        asyncio.run(self.sessions.create(opening))

    def redeem(self, name: str) -> Refusal | None:
        try:
            asyncio.run(self.sessions.redeem("portal", Digest.of(name)))
        except Refused as refused:
            return refused.reason
        return None

    def taken(self, request: TakeRequest = TakeRequest()) -> Snapshot:  # noqa: B008 it is frozen
        taken = asyncio.run(self.take.execute(request))
        assert taken is not None
        return taken


def test_a_snapshot_is_taken_when_it_is_due_and_not_before(tmp_path: Path) -> None:
    life = Life(tmp_path)
    began = life.clock.now()
    life.taken(TakeRequest(newer_than=began))
    assert asyncio.run(life.take.execute(TakeRequest(newer_than=began - 1))) is None
    life.taken(TakeRequest(newer_than=began))
    life.taken()


def test_one_of_the_future_holds_none_up(tmp_path: Path) -> None:
    life = Life(tmp_path)
    life.taken()
    life.clock.time -= 10 * MINUTE_MS
    life.taken(TakeRequest(newer_than=life.clock.now() - MINUTE_MS))


def test_the_age_is_that_of_the_last(tmp_path: Path) -> None:
    life = Life(tmp_path)
    assert asyncio.run(life.age.execute()) is None
    life.taken()
    life.clock.time += MINUTE_MS
    life.taken()
    life.clock.time += 7
    assert asyncio.run(life.age.execute()) == 7
    life.clock.time -= MINUTE_MS
    assert asyncio.run(life.age.execute()) == 0


def test_so_many_are_kept(tmp_path: Path) -> None:
    life = Life(tmp_path)
    names = [life.taken().name for _ in range(5)]
    assert asyncio.run(life.files.names()) == names[:1:-1]


def test_while_another_takes_one_nobody_does(tmp_path: Path) -> None:
    life = Life(tmp_path)

    async def both() -> None:
        async with SnapshotFolder(tmp_path).turn(0):
            with pytest.raises(SnapshotUnderWay):
                await life.take.execute(TakeRequest())

    asyncio.run(both())


def test_after_the_last_snapshot_a_store_answers_nobody(tmp_path: Path) -> None:
    life = Life(tmp_path)
    life.create("left")
    assert life.taken(TakeRequest(last=True)).about.final
    with pytest.raises(StoreUnavailable):
        life.redeem("left")
    with pytest.raises(StoreUnavailable):
        asyncio.run(life.sessions.grants.use("portal", (Digest.of("left"), Digest.of("token"))))
    with pytest.raises(StoreUnavailable):
        asyncio.run(life.sessions.grants.revoke("portal", Digest.of("left")))


def test_a_final_snapshot_is_used_up_before_anything_is_put_back(tmp_path: Path) -> None:
    old = Life(tmp_path)
    old.create("left")
    name = old.taken(TakeRequest(last=True)).name

    @frozen
    class Crash(Exception):
        """The power fails."""

    class CrashingStore(MemorySnapshots):
        async def put_back(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise Crash

    crashing = evolve(old.restore, store=CrashingStore(MemorySessions(old.clock)))
    with pytest.raises(Crash):
        asyncio.run(crashing.execute(name))
    new = Life(tmp_path, old.clock)
    begun = asyncio.run(RestoreLast(new.restore).execute())
    assert begun.restored is not None
    assert begun.restored.snapshot.name == f"{name}.used"
    assert new.redeem("left") is Refusal.STALE


def test_a_final_snapshot_is_not_used_up_while_the_store_is_away(tmp_path: Path) -> None:
    old = Life(tmp_path)
    old.create("left")
    name = old.taken(TakeRequest(last=True)).name

    class Away(StoreHealth):
        async def check(self) -> None:
            raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        asyncio.run(evolve(old.restore, health=Away()).execute(name))
    new = Life(tmp_path, old.clock)
    asyncio.run(new.restore.execute(name))
    assert new.redeem("left") is None


def test_what_is_broken_is_passed_over(tmp_path: Path) -> None:
    old = Life(tmp_path)
    old.create("used")
    old.redeem("used")
    first, last = old.taken(), old.taken(TakeRequest(last=True))
    (tmp_path / last.name).write_bytes((tmp_path / last.name).read_bytes()[:-1])
    new = Life(tmp_path, old.clock)
    begun = asyncio.run(RestoreLast(new.restore).execute())
    assert [(one.name, one.problem) for one in begun.broken] == [(last.name, "truncated")]
    assert begun.restored is not None
    assert begun.restored.snapshot.name == first.name
    assert new.redeem("used") is Refusal.USED


def test_without_a_snapshot_a_store_begins_empty(tmp_path: Path) -> None:
    begun = asyncio.run(RestoreLast(Life(tmp_path).restore).execute())
    assert (begun.restored, list(begun.broken)) == (None, [])


def test_others_have_their_turn_between_the_pieces(tmp_path: Path) -> None:
    life, pieces = Life(tmp_path), 20
    digests = tuple(Digest.of(f"session {n}") for n in range(pieces * PIECE))
    batch = Batch(client="portal", digests=digests, ttl_ms=MINUTE_MS, cap=len(digests))
    asyncio.run(life.sessions.create_many(batch))
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def count_while_it_is_taken() -> None:
        counting = asyncio.ensure_future(count_turns())
        taken = await life.take.execute(TakeRequest())
        counting.cancel()
        assert taken is not None
        assert taken.sessions == len(digests)

    asyncio.run(count_while_it_is_taken())
    assert turns > pieces


def test_how_far_it_is_can_be_watched(tmp_path: Path) -> None:
    life = Life(tmp_path)
    for name in ("one", "two"):
        life.create(name)
    read: list[int] = []
    name = life.taken(TakeRequest(progress=read.append)).name
    assert sum(read) == 2
    put_back: list[tuple[int, int]] = []
    asyncio.run(life.restore.execute(name, lambda *more: put_back.append(more)))
    assert sum(more for more, _ in put_back) == 2
    assert {of for _, of in put_back} == {2}
