"""Give a client many sessions at once: all that it asks for, or none."""

from typing import Any

from attrs import field, frozen

from application.ports import Clock, EventSink, Randomness, SessionRepository
from domain.client import Client
from domain.errors import CapReached, IdempotencyConflict, RateLimited
from domain.events import (
    BatchCreated,
    BatchRepeated,
    CreateConflicted,
    CreateRefused,
    RateLimitReached,
)
from domain.opening import Batch, OpenedBatch
from domain.payload import Payload
from domain.rate import Allowance
from domain.repeat import (
    SALT_BYTES,
    SECRET_BYTES,
    Repeat,
    derive_secrets,
    digest_asked,
    stand_in,
)
from domain.session_id import SessionId


@frozen(kw_only=True)
class CreateManyRequest:
    """``count`` and ``ttl_seconds`` are as the caller sent them; the policy judges them.

    ``payload`` is what each of the sessions carries. For ``idempotency_key`` and
    ``client_key`` see ``CreateRequest``.
    """

    client: Client
    remote: str
    count: object
    ttl_seconds: object = None
    payload: Payload = Payload()
    idempotency_key: str | None = None
    client_key: str | None = field(default=None, repr=False)


@frozen(kw_only=True)
class CreatedMany:
    """The only moment at which the ids exist in clear."""

    session_ids: tuple[SessionId, ...]
    left_ms: int
    repeated: bool = False
    creates: Allowance | None = None


@frozen
class CreateSessions:
    """Creates sessions within the client's policy; ``limited`` holds its rate, too."""

    sessions: SessionRepository
    randomness: Randomness
    sink: EventSink
    clock: Clock
    limited: bool = True

    async def execute(self, request: CreateManyRequest) -> CreatedMany:
        """Create them, or find them where this request has come before.

        Raises ``InvalidCount``, ``InvalidTtl``, ``IdempotencyConflict``, ``RateLimited``,
        ``CapReached``, ``StoreUnavailable``.
        """
        policy = request.client.policy
        count = policy.batch_size(request.count, limited=self.limited)
        ttl_ms = policy.ttl_ms(request.ttl_seconds)
        repeat = self._repeat_of(request, count)
        if repeat is None:
            secrets = self.randomness.secret(SECRET_BYTES * count)
        else:
            secrets = _derived(request, repeat.salt, count)
        session_ids = SessionId.compose_many(request.client.tag, secrets, SECRET_BYTES)
        batch = Batch(
            client=request.client.name,
            digests=tuple([session_id.digest for session_id in session_ids]),
            ttl_ms=ttl_ms,
            cap=policy.cap,
            payload=request.payload,
            rate=policy.create_rate if self.limited else None,
            repeat=repeat,
        )
        opened = await self._open(batch, request)
        salt = opened.repeated_salt
        if salt is not None:
            secrets = _derived(request, salt, count)
            session_ids = SessionId.compose_many(request.client.tag, secrets, SECRET_BYTES)
        event = BatchCreated if salt is None else BatchRepeated
        fingerprints = " ".join([digest.fingerprint for digest in opened.digests])
        self.sink.emit(event(count=count, fingerprints=fingerprints, **self._scene(request)))
        return CreatedMany(
            session_ids=session_ids,
            left_ms=opened.left_ms,
            repeated=salt is not None,
            creates=opened.creates,
        )

    async def _open(self, batch: Batch, request: CreateManyRequest) -> OpenedBatch:
        try:
            return await self.sessions.create_many(batch)
        except CapReached as full:
            self.sink.emit(CreateRefused(cap=full.cap, **self._scene(request)))
            raise
        except IdempotencyConflict as conflict:
            self.sink.emit(CreateConflicted(problem=conflict.problem, **self._scene(request)))
            raise
        except RateLimited:
            self.sink.emit(RateLimitReached(limited="create", **self._scene(request)))
            raise

    def _repeat_of(self, request: CreateManyRequest, count: int) -> Repeat | None:
        if request.idempotency_key is None:
            return None
        return Repeat(
            key=stand_in(request.client_key or "", request.idempotency_key),
            asked=digest_asked(request.ttl_seconds, request.payload, count),
            salt=self.randomness.secret(SALT_BYTES),
        )

    def _scene(self, request: CreateManyRequest) -> dict[str, Any]:
        return {"at": self.clock.now(), "remote": request.remote, "client": request.client.name}


def _derived(request: CreateManyRequest, salt: bytes, count: int) -> bytes:
    return derive_secrets(request.client_key or "", request.idempotency_key or "", salt, count)
