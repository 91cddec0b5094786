"""List the sessions that are active, or those that somebody goes on with, page by page."""

from collections.abc import Sequence

from attrs import frozen

from application.control_ports import SessionControl
from application.ports import ClientDirectory
from domain.client import Caller
from domain.listing import Listing, Position
from domain.record import Record


@frozen
class Cursor:
    """Where the next page begins: behind a position among a client's sessions."""

    client: str
    position: Position | None


@frozen(kw_only=True)
class ListRequest:
    """``client`` is a name, ``None`` for all that the caller may look at."""

    caller: Caller
    listing: Listing
    client: str | None = None
    after: Cursor | None = None
    most: int = 100


@frozen
class SessionList:
    """A page; ``next`` is where the one after it begins, ``None`` where it is the last."""

    records: Sequence[Record]
    next: Cursor | None


@frozen
class ListSessions:
    """Lists one client's after the other's, in the order of their names."""

    control: SessionControl
    directory: ClientDirectory

    async def execute(self, request: ListRequest) -> SessionList:
        """List them. Raises ``ClientNotFound``, ``StoreUnavailable``."""
        seen = request.caller.sees(self.directory.clients(), request.client)
        names = [client.name for client in seen]
        begin = request.after or Cursor("", None)
        records: list[Record] = []
        for name in [name for name in names if name >= begin.client]:
            wanted = request.most - len(records)
            if not wanted:
                return SessionList(records, Cursor(name, None))
            position = begin.position if name == begin.client else None
            page = await self.control.page(name, request.listing, position, wanted)
            records += page.records
            if page.end is not None:
                return SessionList(records, Cursor(name, page.end))
        return SessionList(records, None)
