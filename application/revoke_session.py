"""Take back a session that nobody has used yet."""

from attrs import frozen

from application.ports import Clock, EventSink, SessionRepository
from domain.client import Client
from domain.events import SessionRevoked
from domain.session import Session
from domain.session_id import Digest


@frozen(kw_only=True)
class RevokeRequest:
    """Which session, of which client, asked from where."""

    client: Client
    digest: Digest
    remote: str


@frozen
class RevokeSession:
    """Revokes one session."""

    sessions: SessionRepository
    sink: EventSink
    clock: Clock

    async def execute(self, request: RevokeRequest) -> Session:
        """Revoke it. Raises ``Refused`` where it has ended already, ``StoreUnavailable``."""
        session = await self.sessions.revoke(request.client.name, request.digest)
        self.sink.emit(
            SessionRevoked(
                at=self.clock.now(),
                remote=request.remote,
                client=request.client.name,
                fingerprint=request.digest.fingerprint,
            )
        )
        return session
