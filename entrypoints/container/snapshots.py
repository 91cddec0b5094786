"""Snapshots of the store in a folder."""

from pathlib import Path

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


class SnapshotModule(Module):
    """Snapshots in ``folder``."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder

    @singleton
    @provider
    def files(self) -> SnapshotFiles:
        return SnapshotFolder(self._folder)

    @provider
    def take(
        self, store: SnapshotStore, directory: ClientDirectory, files: SnapshotFiles, clock: Clock
    ) -> TakeSnapshot:
        return TakeSnapshot(
            store=store,
            directory=directory,
            files=files,
            clock=clock,
            storage=self._settings.storage,
            keep=self._settings.snapshot_keep,
        )

    @provider
    def age(self, files: SnapshotFiles, clock: Clock) -> TellSnapshotAge:
        return TellSnapshotAge(files, clock)

    @provider
    def restore(
        self, store: SnapshotStore, files: SnapshotFiles, health: StoreHealth
    ) -> RestoreSnapshot:
        return RestoreSnapshot(store, files, health)

    @provider
    def snapshotting(
        self, take: TakeSnapshot, age: TellSnapshotAge, restore: RestoreSnapshot
    ) -> Snapshotting:
        s = self._settings
        in_memory = s.storage == "memory"
        begin = RestoreLast(restore) if in_memory else None
        return Snapshotting(Plan(take, restore, age, s.snapshot_every_minutes * 60, begin))
