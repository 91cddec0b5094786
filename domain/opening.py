"""Opening a session: what a store is asked for, and what came of it."""

from attrs import field, frozen

from domain.errors import DuplicateSession
from domain.payload import EMPTY, Payload
from domain.rate import Allowance, Rate
from domain.repeat import Repeat
from domain.session import Session
from domain.session_id import Digest


@frozen(kw_only=True)
class Opening:
    """A session to be opened within ``cap``, for ``ttl_ms`` milliseconds.

    With a ``rate`` it is counted towards it; with a ``repeat`` it may have come before.
    """

    client: str
    digest: Digest
    ttl_ms: int
    cap: int
    payload: Payload = EMPTY
    rate: Rate | None = None
    repeat: Repeat | None = None

    def session(self, now: int, incarnation: str) -> Session:
        """Make the session that it opens at ``now``."""
        return Session(
            client=self.client,
            digest=self.digest,
            expires_at=now + self.ttl_ms,
            incarnation=incarnation,
            payload=self.payload,
        )


@frozen(kw_only=True)
class Opened:
    """A session that is active, and for how long yet.

    ``repeated_salt`` is set where the session is that of an earlier create with the same
    idempotency key; its id was derived with this salt. ``creates`` is what is left of the
    client's rate, where it has one.
    """

    session: Session
    left_ms: int
    repeated_salt: bytes | None = field(default=None, repr=False)
    creates: Allowance | None = None


@frozen(kw_only=True)
class Batch:
    """Several sessions, one at least, to be opened alike, all of them or none.

    Each counts towards the ``rate``. With a ``repeat`` they may have come before, together.
    Raises ``DuplicateSession`` where two are the same.
    """

    client: str
    digests: tuple[Digest, ...]
    ttl_ms: int
    cap: int
    payload: Payload = EMPTY
    rate: Rate | None = None
    repeat: Repeat | None = None

    def __attrs_post_init__(self) -> None:
        if len({digest.raw for digest in self.digests}) < len(self.digests):
            raise DuplicateSession

    def sessions(self, now: int, incarnation: str) -> list[Session]:
        """Make the sessions that it opens at ``now``."""
        return [
            Session(
                client=self.client,
                digest=digest,
                expires_at=now + self.ttl_ms,
                incarnation=incarnation,
                payload=self.payload,
            )
            for digest in self.digests
        ]


@frozen(kw_only=True)
class OpenedBatch:
    """Sessions that are active, until ``expires_at``, for ``left_ms`` yet.

    ``repeated_salt`` and ``creates`` are what they are of one that is ``Opened``.
    """

    digests: tuple[Digest, ...]
    expires_at: int
    left_ms: int
    repeated_salt: bytes | None = field(default=None, repr=False)
    creates: Allowance | None = None
