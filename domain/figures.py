"""Figures about sessions, as a store counts them at one instant."""

from attrs import frozen


@frozen(kw_only=True)
class Figures:
    """``active`` and ``used`` are sessions that have not reached their expiry.

    ``created`` and ``redeemed`` count everything since the store first knew the client; a
    store may forget a client that has been idle for a month.
    """

    active: int = 0
    used: int = 0
    created: int = 0
    redeemed: int = 0

    @property
    def total(self) -> int:
        """Sessions of either kind that have not reached their expiry."""
        return self.active + self.used

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            active=self.active + other.active,
            used=self.used + other.used,
            created=self.created + other.created,
            redeemed=self.redeemed + other.redeemed,
        )


@frozen(kw_only=True)
class CleanUp:
    """``removed`` past their expiry are gone; ``remaining`` is the total that stays."""

    removed: int = 0
    remaining: int = 0

    def __add__(self, other: "CleanUp") -> "CleanUp":
        return CleanUp(
            removed=self.removed + other.removed,
            remaining=self.remaining + other.remaining,
        )
