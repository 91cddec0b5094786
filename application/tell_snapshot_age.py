"""Tell how old the last snapshot is."""

from attrs import frozen

from application.ports import Clock
from application.snapshot_ports import SnapshotFiles


@frozen
class TellSnapshotAge:
    """Looks at what is there, so that every worker and every program tells the same."""

    files: SnapshotFiles
    clock: Clock

    async def execute(self) -> int | None:
        """Tell it in ms; ``None`` where there is none. Raises ``SnapshotsUnavailable``."""
        last = await self.files.last_taken()
        return None if last is None else max(0, self.clock.now() - last)
