"""What is counted of a client, hour by hour."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import field, frozen

from domain.refusal import Refusal

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

KEPT_DAYS = 90
"""Of so many whole days before the one that runs a store keeps the counts."""


class Counted(StrEnum):
    """What happens to sessions and is counted where it is decided."""

    CREATED = "created"
    CAP_REACHED = "cap_reached"  # a create, or a whole batch, that was refused for it
    REDEEMED = "redeemed"
    REVOKED = "revoked"
    REFUSED_UNKNOWN = "refused_unknown"  # redeems that lost, by their refusal
    REFUSED_USED = "refused_used"
    REFUSED_EXPIRED = "refused_expired"
    REFUSED_REVOKED = "refused_revoked"
    REFUSED_MISMATCH = "refused_mismatch"
    REFUSED_STALE = "refused_stale"

    @classmethod
    def of(cls, refusal: Refusal) -> "Counted":
        """Tell as what a refused redeem is counted."""
        return cls(f"refused_{refusal}")

    @property
    def refusal(self) -> Refusal | None:
        """The refusal that it counts, ``None`` for what is none."""
        name = self.value.removeprefix("refused_")
        return Refusal(name) if name != self.value else None


REFUSALS = tuple(what for what in Counted if what.refusal is not None)


@frozen(kw_only=True)
class Count:
    """So ``many`` of one kind in the hour that begins at ``hour``, ms since the epoch, in UTC.

    ``region`` is where those came from who redeemed or were refused, an ISO 3166-1 code; ``""``
    where nobody knows, and for what the client itself did.
    """

    hour: int
    what: Counted
    region: str = ""
    many: int


@frozen(kw_only=True)
class Usage:
    """What was counted from ``start`` until before ``end``, both in ms since the epoch."""

    start: int
    end: int
    client: str
    region: str | None = None
    """``None`` where all regions are counted together."""
    counts: Mapping[Counted, int] = field(factory=dict)

    def many(self, what: Counted) -> int:
        """Tell how many of one kind."""
        return self.counts.get(what, 0)

    @property
    def refused(self) -> int:
        """Redeems that lost, for whatever reason."""
        return sum(map(self.many, REFUSALS))


def add_up(
    counts: Iterable[Count], *, client: str, step_ms: int, end: int, by_region: bool
) -> list[Usage]:
    """Add counts up over steps, which begin at multiples of ``step_ms`` since the epoch.

    Returns one usage a step, and a region where asked for, in this order; none for a step in
    which nothing happened. The last ends at ``end`` at the latest.
    """
    sums: dict[tuple[int, str], dict[Counted, int]] = {}
    for count in counts:
        key = count.hour // step_ms * step_ms, count.region if by_region else ""
        of_step = sums.setdefault(key, {})
        of_step[count.what] = of_step.get(count.what, 0) + count.many
    return [
        Usage(
            start=start,
            end=min(start + step_ms, end),
            client=client,
            region=region if by_region else None,
            counts=of_step,
        )
        for (start, region), of_step in sorted(sums.items())
    ]
