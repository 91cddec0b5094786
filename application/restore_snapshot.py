"""Put back what a snapshot has."""

from collections.abc import Callable

from attrs import frozen

from application.ports import StoreHealth
from application.snapshot_ports import Snapshot, SnapshotFiles, SnapshotStore
from domain.snapshot import PutBack

Progress = Callable[[int, int], None]
"""Is told how many sessions more are done, of how many."""


def in_silence(_: int, __: int) -> None:
    """Tell nobody."""


@frozen(kw_only=True)
class Restored:
    """What came of it: which snapshot it was, and what it has changed."""

    snapshot: Snapshot
    put_back: PutBack


@frozen
class RestoreSnapshot:
    """Puts one snapshot back, whatever the store has by then."""

    store: SnapshotStore
    files: SnapshotFiles
    health: StoreHealth

    async def execute(self, name: str, progress: Progress = in_silence) -> Restored:
        """Check the file, use it up if it is final, and only then put its content back.

        Should it fail in between, put it back again: it comes to the same, but what was active
        and had not been reached stays refused. Raises ``SnapshotBroken``,
        ``SnapshotsUnavailable``, ``StoreUnavailable``.
        """
        snapshot = await self.files.check(name)
        await self.health.check()  # before anything is used up in vain
        final = snapshot.about.final
        if final:
            name = await self.files.use_up(name)
        done = PutBack()
        async for part in self.files.parts(name):
            done += await self.store.put_back(part, final=final)
            progress(len(part.records), snapshot.sessions)
        return Restored(snapshot=snapshot, put_back=done)
