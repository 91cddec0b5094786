"""Look over the store that framegate is to work with, at start and on demand."""

from collections.abc import Sequence

from attrs import frozen

from application.ports import Finding, StoreInspection


@frozen
class ExamineStore:
    """Has the store looked over."""

    inspection: StoreInspection

    async def execute(self) -> Sequence[Finding]:
        """Return what was found, in the order in which it is best read."""
        return await self.inspection.inspect()
