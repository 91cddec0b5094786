"""Tell whether the store can be worked with."""

from attrs import frozen

from application.ports import StoreHealth


@frozen
class CheckHealth:
    """Asks the store for a sign of life."""

    health: StoreHealth

    async def execute(self) -> None:
        """Return when it is well. Raises ``StoreUnavailable``."""
        await self.health.check()
