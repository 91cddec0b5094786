"""Have a store that forgets begin where it has ended."""

from collections.abc import Sequence

from attrs import frozen

from application.restore_snapshot import Restored, RestoreSnapshot
from application.snapshot_ports import SnapshotBroken


@frozen
class Begun:
    """``restored`` is ``None`` where there was no snapshot; ``broken`` were passed over."""

    restored: Restored | None
    broken: Sequence[SnapshotBroken]


@frozen
class RestoreLast:
    """Puts back the last snapshot that is whole."""

    restore: RestoreSnapshot

    async def execute(self) -> Begun:
        """Put it back. Raises ``SnapshotsUnavailable``, ``StoreUnavailable``.

        An older one in the place of one that is broken revives nothing either: whatever is not
        final never does, and what is final nobody has been served from.
        """
        broken: list[SnapshotBroken] = []
        for name in await self.restore.files.names():
            try:
                return Begun(await self.restore.execute(name), broken)
            except SnapshotBroken as problem:
                broken.append(problem)
        return Begun(None, broken)
