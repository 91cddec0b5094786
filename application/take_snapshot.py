"""Take a snapshot of the store into a file."""

from collections.abc import AsyncIterator, Callable

from attrs import frozen

from application.ports import ClientDirectory, Clock
from application.snapshot_ports import Snapshot, SnapshotFiles, SnapshotStore
from domain.snapshot import About, Part

FINAL_PATIENCE = 5.0
"""So many seconds the last snapshot of a store waits for its turn: there is no other."""

Progress = Callable[[int], None]
"""Is told how many sessions more are done."""


def in_silence(_: int) -> None:
    """Tell nobody."""


@frozen(kw_only=True)
class TakeRequest:
    """``newer_than`` (ms since the epoch): only where there is no snapshot as young as that.

    ``last``: nobody is to be served from the store any more; where that can be, it is final.
    """

    newer_than: int | None = None
    last: bool = False
    progress: Progress = in_silence


@frozen(kw_only=True)
class TakeSnapshot:
    """Reads all clients' sessions, and keeps the last ``keep`` snapshots (``None``: all)."""

    store: SnapshotStore
    directory: ClientDirectory
    files: SnapshotFiles
    clock: Clock
    storage: str
    keep: int | None = None

    async def execute(self, request: TakeRequest) -> Snapshot | None:
        """Take one, or ``None`` where it is not needed.

        Raises ``StoreUnavailable``, ``SnapshotsUnavailable``, ``SnapshotUnderWay``.
        """
        async with self.files.turn(FINAL_PATIENCE if request.last else 0):
            if not await self._is_due(request.newer_than):
                return None
            final = request.last and self.store.end()
            about = About(taken_at=self.clock.now(), storage=self.storage, final=final)
            taken = await self.files.write(about, self._parts(request.progress, final=final))
            if self.keep is not None:
                await self.files.keep_last(self.keep)
            return taken

    async def _is_due(self, newer_than: int | None) -> bool:
        if newer_than is None:
            return True
        last = await self.files.last_taken()
        # One of the future was taken by a clock that has been put right since.
        return last is None or last <= newer_than or last > self.clock.now()

    async def _parts(self, progress: Progress, *, final: bool) -> AsyncIterator[Part]:
        for client in self.directory.clients():
            async for part in self.store.read(client.name, final=final):
                progress(len(part.records))
                yield part
