"""What happened, for audit. An event names a session by its fingerprint, never by its id.

Where a browser was the caller, ``region`` is the country that it came from, ``None`` where nobody
knows.
"""

from attrs import frozen

from domain.refusal import Refusal


@frozen(kw_only=True)
class Event:
    """``at`` is in milliseconds since the epoch, ``remote`` the caller's address."""

    at: int
    remote: str
    client: str | None = None
    fingerprint: str | None = None


@frozen(kw_only=True)
class SessionCreated(Event):
    """A client got a session."""


@frozen(kw_only=True)
class CreateRepeated(Event):
    """A client asked again and got the session it had been given."""


@frozen(kw_only=True)
class BatchCreated(Event):
    """A client got as many sessions as ``count`` says; ``fingerprints`` has a space between."""

    count: int
    fingerprints: str


@frozen(kw_only=True)
class BatchRepeated(Event):
    """A client asked again and got the sessions it had been given at once."""

    count: int
    fingerprints: str


@frozen(kw_only=True)
class CreateConflicted(Event):
    """A client's idempotency key could not be answered. ``problem``: ``spent``, ``reused``."""

    problem: str


@frozen(kw_only=True)
class RateLimitReached(Event):
    """Somebody was told to slow down. ``limited``: ``create``, ``redeem`` or ``grant``."""

    limited: str
    region: str | None = None


@frozen(kw_only=True)
class CreateRefused(Event):
    """A client got none, because its cap was reached."""

    cap: int


@frozen(kw_only=True)
class SessionRedeemed(Event):
    """The one winner. ``granted`` is true where the redeem gave a grant."""

    region: str | None = None
    granted: bool | None = None


@frozen(kw_only=True)
class RedeemRefused(Event):
    """Anybody else."""

    reason: Refusal
    region: str | None = None


@frozen(kw_only=True)
class ReplayAttempted(RedeemRefused):
    """Anybody else, after the winner: the sign of a leaked URL. The reason is ``used``."""


@frozen(kw_only=True)
class GrantRefused(Event):
    """A browser came with a grant that has ended, or that nobody was given."""

    reason: Refusal
    region: str | None = None


@frozen(kw_only=True)
class SessionRevoked(Event):
    """A client or an admin took the right back."""


@frozen(kw_only=True)
class GrantRevoked(Event):
    """A client or an admin took back what a session had given."""


@frozen(kw_only=True)
class SessionsRevoked(Event):
    """A client or an admin took back many at once.

    ``scope`` is ``subject``, ``client`` or ``all``; who the subject is, is not told. So many
    ``sessions`` and ``grants`` were ended, at the least where it was not ``complete``.
    """

    scope: str
    sessions: int
    grants: int
    complete: bool


@frozen(kw_only=True)
class SessionsCleanedUp(Event):
    """An admin had the expired sessions removed."""

    removed: int


@frozen(kw_only=True)
class KeyRejected(Event):
    """Somebody came without a key, with an unknown one, or with one for something else."""
