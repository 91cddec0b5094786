"""Files that are there as a whole and unchanged, or are refused; and one writer at a time."""

import asyncio
import gzip
import os
import random
import resource
import stat
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from attrs import evolve

from adapters.snapshots.folder import LOCK, SnapshotFolder
from application.snapshot_ports import (
    Snapshot,
    SnapshotBroken,
    SnapshotsUnavailable,
    SnapshotUnderWay,
)
from domain.grant import Grant
from domain.payload import Payload
from domain.record import Record, State
from domain.session_id import Digest
from domain.snapshot import About, Part
from domain.usage import HOUR_MS, Count, Counted

TAKEN_AT = 1_700_000_000_123
ABOUT = About(taken_at=TAKEN_AT, storage="memory")
FINAL = evolve(ABOUT, final=True)
ANA = Payload("ana", '{"ação":[]}')
GRANT = Grant(
    client="portal",
    session=Digest.of("granted"),
    token=Digest.of("token"),
    payload=ANA,
    ends_at=9,
    idle_ms=5,
    expires_at=7,
    origin="https://portal.example",
)
RECORDS = (
    *(
        Record(client="portal", digest=Digest.of(state), state=state, expires_at=n)
        for n, state in enumerate(State)
    ),
    Record(client="portal", digest=Digest.of("x"), state=State.ACTIVE, expires_at=1, payload=ANA),
    Record(
        client="portal",
        digest=Digest.of("granted"),
        state=State.USED,
        expires_at=None,
        payload=ANA,
        grant=GRANT,
    ),
)
PARTS = [
    Part(client="portal", records=RECORDS),
    Part(
        client="portal",
        created=4,
        redeemed=1,
        counts=(
            Count(hour=13 * HOUR_MS, what=Counted.CREATED, many=4),
            Count(hour=14 * HOUR_MS, what=Counted.REFUSED_USED, region="BR", many=1),
        ),
    ),
    Part(client="other", created=1),
]


async def told(parts: Sequence[Part]) -> AsyncIterator[Part]:
    for part in parts:
        yield part


def write(folder: Path, about: About = ABOUT, parts: Sequence[Part] = PARTS) -> Snapshot:
    return asyncio.run(SnapshotFolder(folder).write(about, told(parts)))


def check(folder: Path, name: str) -> Snapshot:
    return asyncio.run(SnapshotFolder(folder).check(name))


def read(folder: Path, name: str) -> list[Part]:
    async def parts() -> list[Part]:
        return [part async for part in SnapshotFolder(folder).parts(name)]

    return asyncio.run(parts())


def names(folder: Path) -> Sequence[str]:
    return asyncio.run(SnapshotFolder(folder).names())


def problem_of(folder: Path, name: str) -> str:
    with pytest.raises(SnapshotBroken) as broken:
        check(folder, name)
    assert broken.value.name == name
    return broken.value.problem


def test_what_is_written_is_read(tmp_path: Path) -> None:
    name = write(tmp_path).name
    assert check(tmp_path, name) == Snapshot(name=name, about=ABOUT, sessions=len(RECORDS))
    assert read(tmp_path, name) == PARTS


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / write(tmp_path).name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_tells_when_the_last_was_taken(tmp_path: Path) -> None:
    last_taken = SnapshotFolder(tmp_path).last_taken
    assert asyncio.run(last_taken()) is None
    write(tmp_path, evolve(ABOUT, taken_at=TAKEN_AT + 5))
    write(tmp_path)
    assert asyncio.run(last_taken()) == TAKEN_AT


def test_the_last_is_the_last_whatever_clocks_say(tmp_path: Path) -> None:
    times = (TAKEN_AT, TAKEN_AT - 10_000, TAKEN_AT + 5)
    written = [write(tmp_path, evolve(ABOUT, taken_at=time)).name for time in times]
    assert names(tmp_path) == written[::-1]


def test_what_is_not_a_snapshot_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "snapshot-000001.jsonl.gz").write_text("mine")
    written = [write(tmp_path).name for _ in range(3)]
    (tmp_path / f".writing-{written[0]}").write_text("what a writer that died has left")
    asyncio.run(SnapshotFolder(tmp_path).keep_last(2))
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"notes.txt", "snapshot-000001.jsonl.gz", *written[1:]}


def test_a_snapshot_that_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    async def parts() -> AsyncIterator[Part]:
        yield PARTS[0]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(SnapshotFolder(tmp_path).write(ABOUT, parts()))
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    async def give_up() -> None:
        reached = asyncio.Event()

        async def parts() -> AsyncIterator[Part]:
            yield PARTS[0]
            reached.set()
            await asyncio.Event().wait()

        writing = asyncio.ensure_future(SnapshotFolder(tmp_path).write(ABOUT, parts()))
        await reached.wait()
        writing.cancel()
        await writing

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(give_up())
    assert list(tmp_path.iterdir()) == []


def rewritten(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(change(lines))))


def test_a_file_that_is_cut_short_anywhere_is_refused(
    tmp_path: Path, seeded: random.Random
) -> None:
    name = write(tmp_path).name
    whole = (tmp_path / name).read_bytes()
    for size in (12, len(whole) - 9, len(whole) - 1, *seeded.sample(range(13, len(whole)), 10)):
        (tmp_path / name).write_bytes(whole[:size])
        assert problem_of(tmp_path, name) == "truncated"
    (tmp_path / name).write_bytes(b"")
    assert problem_of(tmp_path, name) == "no_snapshot"


def test_a_file_with_any_byte_changed_is_refused(tmp_path: Path, seeded: random.Random) -> None:
    name = write(tmp_path).name
    whole = (tmp_path / name).read_bytes()
    for at in seeded.sample(range(10, len(whole)), 40):  # what is before is gzip's own
        changed = bytearray(whole)
        changed[at] ^= 1 << seeded.randrange(8)
        (tmp_path / name).write_bytes(changed)
        assert problem_of(tmp_path, name) in {"truncated", "changed", "no_snapshot"}


def test_lines_that_are_missing_or_changed_are_noticed_by_the_checksum(tmp_path: Path) -> None:
    name = write(tmp_path).name
    path, whole = tmp_path / name, (tmp_path / write(tmp_path).name).read_bytes()
    for change, problem in [
        (lambda lines: [lines[0], *lines[2:]], "changed"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "changed"),
        (lambda lines: lines[:-1], "truncated"),
        (lambda lines: [*lines, lines[1]], "truncated"),
        (lambda lines: [line.replace(b'"created":4', b'"created":5') for line in lines], "changed"),
    ]:
        path.write_bytes(whole)
        rewritten(path, change)
        assert problem_of(tmp_path, name) == problem


def test_what_is_no_snapshot_is_told_from_one_of_another_version(tmp_path: Path) -> None:
    name = write(tmp_path).name
    rewritten(tmp_path / name, lambda lines: [lines[0].replace(b't":1', b't":2'), *lines[1:]])
    assert problem_of(tmp_path, name) == "version"
    for content in (b"not gzip", gzip.compress(b"not JSON\n"), gzip.compress(b"[1]\n")):
        (tmp_path / name).write_bytes(content)
        assert problem_of(tmp_path, name) == "no_snapshot"


def test_a_final_snapshot_is_final_until_it_is_used_up(tmp_path: Path) -> None:
    name = write(tmp_path, FINAL).name
    assert check(tmp_path, name).about == FINAL
    used = asyncio.run(SnapshotFolder(tmp_path).use_up(name))
    assert check(tmp_path, used).about == ABOUT
    assert names(tmp_path) == [used]
    with pytest.raises(SnapshotsUnavailable):
        asyncio.run(SnapshotFolder(tmp_path).use_up(name))


def test_no_copy_of_a_final_snapshot_is_final(tmp_path: Path) -> None:
    name = write(tmp_path, FINAL).name
    (tmp_path / "copy").write_bytes((tmp_path / name).read_bytes())
    assert not check(tmp_path, "copy").about.final
    os.link(tmp_path / name, tmp_path / "link")
    assert not check(tmp_path, name).about.final
    assert not check(tmp_path, "link").about.final


def test_one_at_a_time_has_the_turn(tmp_path: Path) -> None:
    one, other = SnapshotFolder(tmp_path), SnapshotFolder(tmp_path)

    async def take_turns() -> None:
        async with one.turn(0):
            with pytest.raises(SnapshotUnderWay):
                async with other.turn(0):
                    pass
            waiting = asyncio.ensure_future(wait_for_it())
            await asyncio.sleep(0)
        await waiting

    async def wait_for_it() -> None:
        async with other.turn(10):
            pass

    asyncio.run(take_turns())
    assert stat.S_IMODE((tmp_path / LOCK).stat().st_mode) == 0o600


@pytest.mark.parametrize("folder", ["nowhere", "a file"])
def test_a_folder_that_cannot_be_worked_with_is_named(tmp_path: Path, folder: str) -> None:
    (tmp_path / "a file").write_text("")
    path = tmp_path / folder

    async def have_turn() -> None:
        async with SnapshotFolder(path).turn(0):
            pass

    for work in (lambda: write(path), lambda: names(path), lambda: asyncio.run(have_turn())):
        with pytest.raises(SnapshotsUnavailable) as told:
            work()
        assert str(path) in told.value.path
        assert told.value.reason in {"No such file or directory", "Not a directory"}


def test_a_file_that_cannot_grow_is_told_and_nothing_of_it_left(tmp_path: Path) -> None:
    """What a full disk does, without one: the system lets no file have more than some bytes."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, hard))
    try:
        with pytest.raises(SnapshotsUnavailable) as problem:
            write(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert problem.value.reason == "File too large"
    assert list(tmp_path.iterdir()) == []
