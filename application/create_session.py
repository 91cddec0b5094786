"""Give a client the right to have one iframe opened once."""

from typing import Any

from attrs import field, frozen

from application.ports import Clock, EventSink, Randomness, SessionRepository
from domain.client import Client
from domain.errors import CapReached, IdempotencyConflict, RateLimited
from domain.events import (
    CreateConflicted,
    CreateRefused,
    CreateRepeated,
    Event,
    RateLimitReached,
    SessionCreated,
)
from domain.opening import Opening
from domain.payload import EMPTY, Payload
from domain.rate import Allowance
from domain.repeat import SALT_BYTES, SECRET_BYTES, Repeat, derive_secret, digest_asked, stand_in
from domain.session import Session
from domain.session_id import SessionId


@frozen(kw_only=True)
class CreateRequest:
    """``ttl_seconds`` is as the caller sent it; the policy judges it.

    With an ``idempotency_key`` the create may come again; the ids of its sessions are then
    derived from it and from ``client_key``, the text of the key that the caller brought.
    """

    client: Client
    remote: str
    ttl_seconds: object = None
    payload: Payload = EMPTY
    idempotency_key: str | None = None
    client_key: str | None = field(default=None, repr=False)

    def repeat(self, idempotency_key: str, salt: bytes, count: int | None = None) -> Repeat:
        """Return what a store keeps of it; ``count`` is that of a batch."""
        return Repeat(
            key=stand_in(self.client_key or "", idempotency_key),
            asked=digest_asked(self.ttl_seconds, self.payload, count),
            salt=salt,
        )


@frozen(kw_only=True)
class Created:
    """The only moment at which the id exists in clear.

    ``left_ms`` is the time it has to live, ``repeated`` tells that it was created before,
    ``creates`` what is left of the client's rate.
    """

    session_id: SessionId
    session: Session
    left_ms: int
    repeated: bool = False
    creates: Allowance | None = None


@frozen
class Creating:
    """What creating one session and creating many have in common.

    Both create within the client's policy; ``limited`` holds its rate, too.
    """

    sessions: SessionRepository
    randomness: Randomness
    sink: EventSink
    clock: Clock
    limited: bool = True

    def tell_refused(
        self, refused: CapReached | IdempotencyConflict | RateLimited, request: CreateRequest
    ) -> None:
        """Tell the sink why the store refused."""
        scene = self.scene(request)
        event: Event
        if isinstance(refused, CapReached):
            event = CreateRefused(cap=refused.cap, **scene)
        elif isinstance(refused, IdempotencyConflict):
            event = CreateConflicted(problem=refused.problem, **scene)
        else:
            event = RateLimitReached(limited="create", **scene)
        self.sink.emit(event)

    def scene(self, request: CreateRequest) -> dict[str, Any]:
        """Return the facts of every event: when, from where, whose."""
        return {"at": self.clock.now(), "remote": request.remote, "client": request.client.name}


@frozen
class CreateSession(Creating):
    """Creates a session."""

    async def execute(self, request: CreateRequest) -> Created:
        """Create it, or find it where this create has come before.

        Raises ``InvalidTtl``, ``IdempotencyConflict``, ``RateLimited``, ``CapReached``,
        ``StoreUnavailable``.
        """
        ttl_ms = request.client.policy.ttl_ms(request.ttl_seconds)
        salt = self.randomness.secret(SALT_BYTES)
        session_id = _id_of(request, salt)
        try:
            opened = await self.sessions.create(self._opening(request, session_id, ttl_ms, salt))
        except (CapReached, IdempotencyConflict, RateLimited) as refused:
            self.tell_refused(refused, request)
            raise
        event: type[Event] = SessionCreated
        if opened.repeated_salt is not None:
            event = CreateRepeated
            session_id = _id_of(request, opened.repeated_salt)
        fingerprint = session_id.digest.fingerprint
        self.sink.emit(event(fingerprint=fingerprint, **self.scene(request)))
        return Created(
            session_id=session_id,
            session=opened.session,
            left_ms=opened.left_ms,
            repeated=opened.repeated_salt is not None,
            creates=opened.creates,
        )

    def _opening(
        self, request: CreateRequest, session_id: SessionId, ttl_ms: int, salt: bytes
    ) -> Opening:
        policy, key = request.client.policy, request.idempotency_key
        return Opening(
            client=request.client.name,
            digest=session_id.digest,
            ttl_ms=ttl_ms,
            cap=policy.cap,
            payload=request.payload,
            rate=policy.create_rate if self.limited else None,
            repeat=None if key is None else request.repeat(key, salt),
        )


def _id_of(request: CreateRequest, salt: bytes) -> SessionId:
    secret = salt[:SECRET_BYTES]
    if request.idempotency_key is not None:
        secret = derive_secret(request.client_key or "", request.idempotency_key, salt)
    return SessionId.compose(request.client.tag, secret)
