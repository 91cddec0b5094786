"""The session: the right to open one iframe once. This file is the specification.

The in-memory repository runs these rules. The Redis scripts restate them, because only a
script can decide atomically there, and the tests hold both to the same answers.
"""

from enum import Enum

from attrs import evolve, frozen

from domain.payload import EMPTY, Payload
from domain.refusal import Refusal, Refused
from domain.session_id import Digest

REMEMBERED_MS = 3_600_000
"""How long after its expiry a store still knows a session well enough to name the reason
of a refusal; later the reason is ``unknown``. An hour covers the tab left open over lunch."""

MOST_REMEMBERED = 100_000
"""How many sessions of one client a store remembers per way of ending. Beyond that it
forgets those that expire first. Forgetting never lets anybody in: only what is active can
be redeemed."""


class Standing(Enum):
    """Where a session stands at an instant. It leaves ``ACTIVE`` once and for good."""

    ACTIVE = "active"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


@frozen(kw_only=True)
class Session:
    """One session of one client.

    ``expires_at`` is in milliseconds since the epoch. ``incarnation`` names the life of
    the store that created the session: after a failover or a crash the store has another,
    and cannot know what happened at the end of the one before.
    """

    client: str
    digest: Digest
    expires_at: int
    incarnation: str
    payload: Payload = EMPTY
    ended: Standing | None = None

    def standing(self, now: int) -> Standing:
        """Tell the state at ``now``. A session is expired when ``now >= expires_at``."""
        if self.ended is not None:
            return self.ended
        return Standing.EXPIRED if now >= self.expires_at else Standing.ACTIVE

    def refusal(self, now: int, incarnation: str) -> Refusal | None:
        """Tell why the session cannot be ended at ``now``; ``None`` when it can be."""
        standing = self.standing(now)
        if standing is not Standing.ACTIVE:
            return Refusal(standing.value)
        return None if incarnation == self.incarnation else Refusal.STALE

    def is_active(self, now: int, incarnation: str) -> bool:
        """Tell whether it can still be redeemed, and so takes up one place of the cap."""
        return self.refusal(now, incarnation) is None

    def redeem(self, now: int, incarnation: str) -> "Session":
        """Make the one transition ``active -> used``. Raises ``Refused``."""
        return self._end(Standing.USED, now, incarnation)

    def revoke(self, now: int, incarnation: str) -> "Session":
        """Take the right back: ``active -> revoked``. Raises ``Refused``."""
        return self._end(Standing.REVOKED, now, incarnation)

    def is_forgotten(self, now: int) -> bool:
        """Tell whether a store no longer knows it, however it ended."""
        return now >= self.expires_at + REMEMBERED_MS

    def _end(self, ended: Standing, now: int, incarnation: str) -> "Session":
        reason = self.refusal(now, incarnation)
        if reason is not None:
            raise Refused(reason)
        return evolve(self, ended=ended)
