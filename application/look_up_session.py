"""Look one session up without redeeming it."""

from collections.abc import Sequence

from attrs import frozen

from application.control_ports import SessionControl
from application.ports import ClientDirectory
from domain.client import Caller
from domain.errors import SessionNotFound
from domain.record import Record


@frozen
class LookUpSession:
    """Looks among the caller's own sessions, and for an admin among everybody's."""

    control: SessionControl
    directory: ClientDirectory

    async def execute(self, caller: Caller, fingerprint: str) -> Sequence[Record]:
        """Find what the fingerprint names: one session, but for a rare chance.

        Raises ``SessionNotFound``, ``StoreUnavailable``.
        """
        found: list[Record] = []
        for client in caller.sees(self.directory.clients()):
            found += await self.control.find(client.name, fingerprint)
        if not found:
            raise SessionNotFound
        return found
