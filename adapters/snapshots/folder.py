"""The folder that snapshots are in."""

import asyncio
import fcntl
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from adapters.snapshots.lines import write_about, write_part
from adapters.snapshots.read_file import USED_UP, check, parts_of
from adapters.snapshots.written_file import BEGINNING, MODE, WrittenFile, make_last
from application.snapshot_ports import (
    Snapshot,
    SnapshotFiles,
    SnapshotsUnavailable,
    SnapshotUnderWay,
)
from domain.snapshot import About, Part

LOCK = ".lock"
LOOK_AGAIN_SECONDS = 0.05

_WHEN = "%Y%m%dT%H%M%S.%f"
_NAME = re.compile(
    r"snapshot-(?P<number>\d{6,})-(?P<when>\d{8}T\d{6}\.\d{3})Z(-final)?\.jsonl\.gz(\.used)?"
)

T = TypeVar("T")


class SnapshotFolder(SnapshotFiles):
    """Works in threads of its own accord: no disk, however slow, holds up the event loop.

    Names have a number, which goes by what is there and not by any clock. The turn is a lock that
    the kernel takes from a process that dies (flock(2)), on a file that stays in the folder.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @asynccontextmanager
    async def turn(self, patience: float) -> AsyncIterator[None]:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        with self._told():
            lock = await self._aside(lambda: os.open(self._path / LOCK, flags, MODE))
        try:
            deadline = time.monotonic() + patience
            while not _locked(lock):
                if time.monotonic() >= deadline:
                    raise SnapshotUnderWay(str(self._path))
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            yield
        finally:
            os.close(lock)

    async def write(self, about: About, parts: AsyncIterator[Part]) -> Snapshot:
        with self._told():
            name = await self._aside(lambda: self._next_name(about))
            file = await self._aside(lambda: WrittenFile(self._path, name))
            try:
                sessions = 0
                file.add(write_about(about, file.inode))
                async for part in parts:
                    sessions += len(part.records)
                    await self._aside(partial(_add, file, part))
                await self._aside(lambda: file.keep(sessions))
            except BaseException:
                await self._aside(file.drop)
                raise
            return Snapshot(name=name, about=about, sessions=sessions)

    async def rehearse(self) -> None:
        # Without the turn: its lock would stay, and belong to whoever has rehearsed.
        with self._told():
            await self._aside(lambda: WrittenFile(self._path, uuid4().hex).rehearse())

    async def names(self) -> Sequence[str]:
        with self._told():
            return await self._aside(self._names)

    async def last_taken(self) -> int | None:
        names = await self.names()
        if not names:
            return None
        when = datetime.strptime(_found(names[0])["when"], _WHEN).replace(tzinfo=UTC)
        return round(when.timestamp() * 1000)

    async def check(self, name: str) -> Snapshot:
        with self._told(name):
            return await self._aside(lambda: check(self._path / name))

    async def use_up(self, name: str) -> str:
        used = name + USED_UP

        def rename() -> None:
            (self._path / name).rename(self._path / used)
            make_last(self._path)

        with self._told(name):
            await self._aside(rename)
        return used

    async def parts(self, name: str) -> AsyncIterator[Part]:
        with self._told(name):
            parts = parts_of(self._path / name)
            while (part := await self._aside(lambda: next(parts, None))) is not None:
                yield part

    async def keep_last(self, count: int) -> None:
        def remove() -> None:
            # Who has the turn finds such files of dead writers only.
            left = [path.name for path in self._path.glob(f"{BEGINNING}*")]
            for name in [*self._names()[count:], *left]:
                (self._path / name).unlink(missing_ok=True)

        with self._told():
            await self._aside(remove)

    async def _aside(self, work: Callable[[], T]) -> T:
        # Shielded: who is told to stop waits until the thread has let go of the file.
        working = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            await asyncio.wait([working])
            raise

    @contextmanager
    def _told(self, name: str = "") -> Iterator[None]:
        try:
            yield
        except OSError as error:
            path = str(self._path / name)
            reason = error.strerror or type(error).__name__
            raise SnapshotsUnavailable(path, reason) from error

    def _names(self) -> list[str]:
        names = [path.name for path in self._path.iterdir() if _NAME.fullmatch(path.name)]
        return sorted(names, key=lambda name: (int(_found(name)["number"]), name), reverse=True)

    def _next_name(self, about: About) -> str:
        names = self._names()
        number = int(_found(names[0])["number"]) + 1 if names else 1
        when = datetime.fromtimestamp(about.taken_at / 1000, UTC).strftime(_WHEN)[:-3]
        final = "-final" if about.final else ""
        return f"snapshot-{number:06}-{when}Z{final}.jsonl.gz"


def _add(file: WrittenFile, part: Part) -> None:
    file.add(write_part(part))


def _found(name: str) -> re.Match[str]:
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(name)
    return found


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
