"""Snapshots of the store in a folder."""

from pathlib import Path

from attrs import frozen
from injector import Module, provider, singleton

from adapters.snapshots.folder import SnapshotFolder
from application.ports import ClientDirectory, Clock, StoreHealth
from application.restore_last import RestoreLast
from application.restore_snapshot import RestoreSnapshot
from application.snapshot_ports import SnapshotFiles, SnapshotStore
from application.take_snapshot import TakeSnapshot
from application.tell_snapshot_age import TellSnapshotAge
from entrypoints.settings import Settings
from entrypoints.snapshotting import Plan, Snapshotting


@frozen
class Snapshots:
    """Who takes them, and who tells how old the last one is; nobody where none are wanted."""

    taking: Snapshotting | None = None
    age: TellSnapshotAge | None = None


def snapshot_files(folder: Path) -> SnapshotFiles:
    """Build what keeps snapshots."""
    return SnapshotFolder(folder)


class SnapshotModule(Module):
    """Snapshots in ``SNAPSHOT_DIR``, where it is set."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @singleton
    @provider
    def snapshots(
        self, store: SnapshotStore, directory: ClientDirectory, health: StoreHealth, clock: Clock
    ) -> Snapshots:
        s = self._settings
        if s.snapshot_dir is None:
            return Snapshots()
        files = snapshot_files(s.snapshot_dir)
        take = TakeSnapshot(
            store=store,
            directory=directory,
            files=files,
            clock=clock,
            storage=s.storage,
            keep=s.snapshot_keep,
        )
        age = TellSnapshotAge(files, clock)
        restore = RestoreSnapshot(store, files, health)
        begin = RestoreLast(restore) if s.storage == "memory" else None
        plan = Plan(take, restore, s.snapshot_every_minutes * 60, begin)
        return Snapshots(Snapshotting(plan), age)
