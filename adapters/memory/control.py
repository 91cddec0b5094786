"""Looking at sessions in memory, and taking many back."""

from collections.abc import Iterable, Sequence

from adapters.memory.sessions import MemorySessions
from application.control_ports import SessionControl
from domain.listing import Ended, Listed, Listing, Page, Position
from domain.record import Record, record_of_granted, record_of_session


class MemoryControl(SessionControl):
    """Reads through all there is; no method gives way to another before it has ended."""

    def __init__(self, sessions: MemorySessions) -> None:
        self._sessions = sessions
        self._grants = sessions.grants

    async def find(self, client: str, fingerprint: str) -> Sequence[Record]:
        now, own = self._sessions.at_now(client)
        grants = {grant.session: grant for grant in self._grants.live(client)}
        records = {
            session.digest: record_of_session(
                session, grants.get(session.digest), now, self._sessions.incarnation
            )
            for session in own.known
            if session.digest.fingerprint == fingerprint
        }
        for grant in grants.values():
            if grant.session.fingerprint == fingerprint:
                records.setdefault(grant.session, record_of_granted(grant, None))
        return list(records.values())

    async def page(self, client: str, listing: Listing, after: Position | None, most: int) -> Page:
        entries = [
            (expires_at, record)
            for expires_at, record in self._listed(client, listing)
            if after is None or after.precedes(expires_at, record.digest)
        ]
        records = [record for _, record in entries[:most]]
        if len(entries) <= most:
            return Page(records, None)
        return Page(records, Position(entries[most - 1][0], records[-1].digest.fingerprint))

    async def revoke_subject(self, client: str, subject: str) -> Ended:
        return await self._revoke(client, subject)

    async def revoke_all(self, client: str) -> Ended:
        return await self._revoke(client, None)

    async def _revoke(self, client: str, subject: str | None) -> Ended:
        active = list(self._listed(client, Listing(Listed.ACTIVE, subject)))
        granted = list(self._listed(client, Listing(Listed.GRANTED, subject)))
        for _, record in active:
            await self._sessions.revoke(client, record.digest)
        for _, record in granted:
            await self._grants.revoke(client, record.digest)
        return Ended(sessions=len(active), grants=len(granted))

    def _listed(self, client: str, listing: Listing) -> Iterable[tuple[int, Record]]:
        """Yield all that is asked for, each with the expiry that gives the order."""
        entries = self._active if listing.listed is Listed.ACTIVE else self._granted
        for expires_at, record in entries(client):
            if listing.subject in {None, record.payload.subject}:
                yield expires_at, record

    def _active(self, client: str) -> Iterable[tuple[int, Record]]:
        now, own = self._sessions.at_now(client)
        for session in own.active:
            record = record_of_session(session, None, now, self._sessions.incarnation)
            yield session.expires_at, record

    def _granted(self, client: str) -> Iterable[tuple[int, Record]]:
        _, own = self._sessions.at_now(client)
        for grant in self._grants.live(client):
            known = own.get(grant.session)
            yield grant.expires_at, record_of_granted(grant, known.expires_at if known else None)
