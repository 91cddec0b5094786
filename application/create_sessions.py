"""Give a client many sessions at once: all that it asks for, or none."""

from attrs import frozen

from application.create_session import CreateRequest, Creating
from domain.errors import CapReached, IdempotencyConflict, RateLimited
from domain.events import BatchCreated, BatchRepeated
from domain.opening import Batch
from domain.rate import Allowance
from domain.repeat import SALT_BYTES, SECRET_BYTES, Repeat, derive_secrets
from domain.session_id import SessionId


@frozen(kw_only=True)
class CreateManyRequest(CreateRequest):
    """``count`` is as the caller sent it; each session carries the ``payload``."""

    count: object = None


@frozen(kw_only=True)
class CreatedMany:
    """The only moment at which the ids exist in clear."""

    session_ids: tuple[SessionId, ...]
    left_ms: int
    repeated: bool = False
    creates: Allowance | None = None


@frozen
class CreateSessions(Creating):
    """Creates sessions."""

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
        try:
            opened = await self.sessions.create_many(batch)
        except (CapReached, IdempotencyConflict, RateLimited) as refused:
            self.tell_refused(refused, request)
            raise
        salt = opened.repeated_salt
        if salt is not None:
            secrets = _derived(request, salt, count)
            session_ids = SessionId.compose_many(request.client.tag, secrets, SECRET_BYTES)
        event = BatchCreated if salt is None else BatchRepeated
        fingerprints = " ".join([digest.fingerprint for digest in opened.digests])
        self.sink.emit(event(count=count, fingerprints=fingerprints, **self.scene(request)))
        return CreatedMany(
            session_ids=session_ids,
            left_ms=opened.left_ms,
            repeated=salt is not None,
            creates=opened.creates,
        )

    def _repeat_of(self, request: CreateManyRequest, count: int) -> Repeat | None:
        key = request.idempotency_key
        if key is None:
            return None
        return request.repeat(key, self.randomness.secret(SALT_BYTES), count)


def _derived(request: CreateManyRequest, salt: bytes, count: int) -> bytes:
    return derive_secrets(request.client_key or "", request.idempotency_key or "", salt, count)
