"""Tell how many sessions there are."""

from attrs import frozen

from application.ports import ClientDirectory, SessionRepository
from domain.client import Caller
from domain.figures import Figures


@frozen(kw_only=True)
class Status:
    """The figures that the caller may see, and the cap that goes with them."""

    figures: Figures
    cap: int


@frozen
class ReportStatus:
    """Reports a client's own figures to it, and everybody's to an admin."""

    sessions: SessionRepository
    directory: ClientDirectory

    async def execute(self, caller: Caller) -> Status:
        """Add up what the caller may see. Raises ``StoreUnavailable``."""
        figures, cap = Figures(), 0
        for client in caller.sees(self.directory.clients()):
            figures += await self.sessions.figures(client.name)
            cap += client.policy.cap
        return Status(figures=figures, cap=cap)
