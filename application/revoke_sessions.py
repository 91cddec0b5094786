"""Take many sessions back at once, and what they have given."""

from attrs import frozen

from application.control_ports import SessionControl
from application.ports import ClientDirectory, Clock, EventSink
from domain.client import Caller, Client
from domain.events import SessionsRevoked
from domain.listing import Ended


@frozen(kw_only=True)
class RevokeManyRequest:
    """All that the caller may look at, or what of it is of one ``client`` or ``subject``."""

    caller: Caller
    remote: str
    client: str | None = None
    subject: str | None = None

    @property
    def scope(self) -> str:
        """Say how much it is."""
        if self.subject is not None:
            return "subject"
        return "all" if self.caller.is_admin and self.client is None else "client"

    @property
    def only(self) -> str | None:
        """Name the client whose alone it is."""
        own = self.caller.client
        return self.client if self.caller.is_admin or own is None else own.name


@frozen
class RevokeSessions:
    """Ends active sessions and the grants of used ones, one client's after the other's."""

    control: SessionControl
    directory: ClientDirectory
    sink: EventSink
    clock: Clock

    async def execute(self, request: RevokeManyRequest) -> Ended:
        """Revoke them. Raises ``ClientNotFound``, ``StoreUnavailable``; part may be done then."""
        clients = request.caller.sees(self.directory.clients(), request.client)
        ended, complete = Ended(), False
        try:
            for client in clients:
                ended += await self._end(client, request.subject)
            complete = True
        finally:  # also where the time is up: what was ended has ended
            self.sink.emit(
                SessionsRevoked(
                    at=self.clock.now(),
                    remote=request.remote,
                    client=request.only,
                    scope=request.scope,
                    sessions=ended.sessions,
                    grants=ended.grants,
                    complete=complete,
                )
            )
        return ended

    async def _end(self, client: Client, subject: str | None) -> Ended:
        if subject is None:
            return await self.control.revoke_all(client.name)
        return await self.control.revoke_subject(client.name, subject)
