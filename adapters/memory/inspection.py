"""The look at a store that cannot be wrong, only forgetful."""

from collections.abc import Sequence

from attrs import frozen

from application.ports import Finding, StoreInspection


@frozen
class MemoryInspection(StoreInspection):
    """Has one thing to say. ``folder`` is where snapshots are kept, if they are."""

    folder: str = ""

    async def inspect(self) -> Sequence[Finding]:
        if self.folder:
            return [Finding.note("memory.survives", folder=self.folder)]
        return [Finding.note("memory.forgets")]
