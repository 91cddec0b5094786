"""Opening a session: what a store is asked for, and what came of it."""

from attrs import field, frozen

from domain.payload import Payload
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
    payload: Payload = Payload()
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
