"""Tell how many sessions each client has."""

from collections.abc import Sequence

from attrs import frozen

from application.ports import ClientDirectory, SessionRepository
from domain.figures import Figures


@frozen
class Standing:
    """What the store counts of a client, and how many active sessions it may have."""

    client: str
    figures: Figures
    cap: int


@frozen
class ReportClients:
    """Asks the store for one client after the other, so that it is never busy with this alone."""

    sessions: SessionRepository
    directory: ClientDirectory

    async def execute(self) -> Sequence[Standing]:
        """Ask for all clients. Raises ``StoreUnavailable``."""
        return [
            Standing(
                client=client.name,
                figures=await self.sessions.figures(client.name),
                cap=client.policy.cap,
            )
            for client in self.directory.clients()
        ]
