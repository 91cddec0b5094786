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
from domain.payload import Payload
from domain.rate import Allowance
from domain.repeat import (
    SALT_BYTES,
    SECRET_BYTES,
    Repeat,
    derive_secret,
    digest_asked,
    stand_in,
)
from domain.session import Session
from domain.session_id import SessionId


@frozen(kw_only=True)
class CreateRequest:
    """``ttl_seconds`` is as the caller sent it; the policy judges it.

    With an ``idempotency_key`` the create may come again; the session's id is then derived
    from it and from ``client_key``, the text of the key that the caller brought.
    """

    client: Client
    remote: str
    ttl_seconds: object = None
    payload: Payload = Payload()
    idempotency_key: str | None = None
    client_key: str | None = field(default=None, repr=False)


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
class CreateSession:
    """Creates a session within the client's policy; ``limited`` holds its rate, too."""

    sessions: SessionRepository
    randomness: Randomness
    sink: EventSink
    clock: Clock
    limited: bool = True

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
        except CapReached as full:
            self.sink.emit(CreateRefused(cap=full.cap, **self._scene(request)))
            raise
        except IdempotencyConflict as conflict:
            self.sink.emit(CreateConflicted(problem=conflict.problem, **self._scene(request)))
            raise
        except RateLimited:
            self.sink.emit(RateLimitReached(limited="create", **self._scene(request)))
            raise
        event: type[Event] = SessionCreated
        if opened.repeated_salt is not None:
            event = CreateRepeated
            session_id = _id_of(request, opened.repeated_salt)
        fingerprint = session_id.digest.fingerprint
        self.sink.emit(event(fingerprint=fingerprint, **self._scene(request)))
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
        policy = request.client.policy
        return Opening(
            client=request.client.name,
            digest=session_id.digest,
            ttl_ms=ttl_ms,
            cap=policy.cap,
            payload=request.payload,
            rate=policy.create_rate if self.limited else None,
            repeat=_repeat_of(request, salt),
        )

    def _scene(self, request: CreateRequest) -> dict[str, Any]:
        return {"at": self.clock.now(), "remote": request.remote, "client": request.client.name}


def _id_of(request: CreateRequest, salt: bytes) -> SessionId:
    secret = salt[:SECRET_BYTES]
    if request.idempotency_key is not None:
        secret = derive_secret(request.client_key or "", request.idempotency_key, salt)
    return SessionId.compose(request.client.tag, secret)


def _repeat_of(request: CreateRequest, salt: bytes) -> Repeat | None:
    if request.idempotency_key is None:
        return None
    return Repeat(
        key=stand_in(request.client_key or "", request.idempotency_key),
        asked=digest_asked(request.ttl_seconds, request.payload),
        salt=salt,
    )
