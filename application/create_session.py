"""Give a client the right to have one iframe opened once."""

from attrs import frozen

from application.ports import Clock, EventSink, Randomness, SessionRepository
from domain.client import Client
from domain.errors import CapReached
from domain.events import CreateRefused, SessionCreated
from domain.payload import Payload
from domain.session import Session
from domain.session_id import SessionId

SECRET_BYTES = 24


@frozen(kw_only=True)
class CreateRequest:
    """``ttl_seconds`` is as the caller sent it; the policy judges it."""

    client: Client
    remote: str
    ttl_seconds: object = None
    payload: Payload = Payload()


@frozen(kw_only=True)
class Created:
    """The only moment at which the id exists in clear; ``ttl_ms`` is the time it lives."""

    session_id: SessionId
    session: Session
    ttl_ms: int


@frozen
class CreateSession:
    """Creates a session within the client's policy."""

    sessions: SessionRepository
    randomness: Randomness
    sink: EventSink
    clock: Clock

    async def execute(self, request: CreateRequest) -> Created:
        """Create it. Raises ``InvalidTtl``, ``CapReached``, ``StoreUnavailable``."""
        client = request.client
        ttl_ms = client.policy.ttl_ms(request.ttl_seconds)
        session_id = SessionId.compose(client.tag, self.randomness.secret(SECRET_BYTES))
        try:
            session = await self.sessions.create(
                client.name,
                session_id.digest,
                ttl_ms=ttl_ms,
                cap=client.policy.cap,
                payload=request.payload,
            )
        except CapReached as full:
            self.sink.emit(
                CreateRefused(
                    at=self.clock.now(), remote=request.remote, client=client.name, cap=full.cap
                )
            )
            raise
        self.sink.emit(
            SessionCreated(
                at=self.clock.now(),
                remote=request.remote,
                client=client.name,
                fingerprint=session.digest.fingerprint,
            )
        )
        return Created(session_id=session_id, session=session, ttl_ms=ttl_ms)
