"""What a create came to."""

from attrs import field, frozen

from domain.rate import Allowance
from domain.session import Session


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
