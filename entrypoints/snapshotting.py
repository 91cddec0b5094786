"""Snapshots of a running server: from time to time, and of a store in memory at both ends."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from attrs import asdict, define, field, frozen

from application.ports import StoreUnavailable
from application.restore_last import RestoreLast
from application.restore_snapshot import RestoreSnapshot
from application.snapshot_ports import Snapshot, SnapshotsUnavailable, SnapshotUnderWay
from application.take_snapshot import TakeRequest, TakeSnapshot

LOOKS = 15
"""So many times within its interval a worker looks whether a snapshot is due: another may have
taken the last one, or have failed to."""

PROBLEMS = (StoreUnavailable, SnapshotsUnavailable)

_log = structlog.stdlib.get_logger("framegate.snapshots")


@frozen
class Plan:
    """What there is to do, and how old the last snapshot may grow (``every_seconds``).

    ``begin`` is there for a store which begins with what it has left behind.
    """

    take: TakeSnapshot
    restore: RestoreSnapshot
    every_seconds: float
    begin: RestoreLast | None = None


@define
class Snapshotting:
    """Takes snapshots beside the requests from ``start`` to ``close``; no failure goes further.

    Whoever of several workers comes first takes it, and the others find that it is not due.
    """

    plan: Plan
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _going_on: asyncio.Task[None] | None = field(default=None, init=False)
    _at_once: asyncio.Task[None] | None = field(default=None, init=False)

    async def begin(self) -> None:
        """Put back what the store has left behind, before anybody is served."""
        if self.plan.begin is None:
            return
        try:
            begun = await self.plan.begin.execute()
        except PROBLEMS as problem:
            _tell_failure("snapshot_not_restored", problem)
            return
        for broken in begun.broken:
            _log.error("snapshot_broken", name=broken.name, problem=broken.problem)
        if begun.restored is not None:
            snapshot = begun.restored.snapshot
            facts = asdict(begun.restored.put_back)
            _log.info("snapshot_restored", name=snapshot.name, final=snapshot.about.final, **facts)

    def start(self) -> None:
        """Begin to take them, in the event loop that runs."""
        self._going_on = asyncio.get_running_loop().create_task(self._go_on())

    def take_now(self) -> None:
        """Take one at once, whenever the last was."""
        if self._at_once is None or self._at_once.done():
            self._at_once = asyncio.get_running_loop().create_task(self._take(TakeRequest()))

    async def close(self) -> None:
        """Take no more; of a store in memory leave the last one, which is final."""
        for task in (self._going_on, self._at_once):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        if self.plan.begin is not None:
            await self._take(TakeRequest(last=True))

    async def _go_on(self) -> None:
        every = self.plan.every_seconds
        while True:
            newer_than = self.plan.take.clock.now() - round(every * 1000)
            await self._take(TakeRequest(newer_than=newer_than))
            await self.sleep(every / LOOKS)

    async def _take(self, request: TakeRequest) -> None:
        try:
            taken = await self.plan.take.execute(request)
        except SnapshotUnderWay as problem:
            # What is due, another takes: nobody need know. What was asked for is not there.
            if request.newer_than is None:
                _log.warning("snapshot_failed", path=problem.path, problem="another is under way")
        except PROBLEMS as problem:
            _tell_failure("snapshot_failed", problem)
        else:
            if taken is not None:
                _tell_taken(taken)


def _tell_taken(taken: Snapshot) -> None:
    _log.info("snapshot_taken", name=taken.name, sessions=taken.sessions, final=taken.about.final)


def _tell_failure(event: str, problem: StoreUnavailable | SnapshotsUnavailable) -> None:
    if isinstance(problem, SnapshotsUnavailable):
        _log.error(event, path=problem.path, problem=problem.reason)
    else:
        _log.error(event, problem=problem.problem)
