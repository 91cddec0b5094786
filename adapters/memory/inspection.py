"""The look at a store that cannot be wrong, only forgetful."""

from collections.abc import Sequence

from application.ports import Finding, StoreInspection


class MemoryInspection(StoreInspection):
    """Has one thing to say."""

    async def inspect(self) -> Sequence[Finding]:
        return [Finding.note("memory.forgets")]
