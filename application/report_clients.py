"""Tell how many sessions each client has."""

from collections.abc import Sequence

from attrs import frozen

from application.ports import ClientDirectory, SessionRepository


@frozen
class Standing:
    """So many sessions of a client can be redeemed, and so many could be."""

    client: str
    active: int
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
                active=(await self.sessions.figures(client.name)).active,
                cap=client.policy.cap,
            )
            for client in self.directory.clients()
        ]
