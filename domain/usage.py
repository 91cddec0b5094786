"""What is counted of a client, hour by hour."""

from collections.abc import Iterable, Mapping
from enum import Enum, StrEnum

from attrs import field, frozen

from domain.errors import InvalidPeriod
from domain.refusal import Refusal

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

KEPT_DAYS = 90
"""Of so many whole days before the one that runs a store keeps the counts."""


def kept_days(now: int) -> tuple[int, int]:
    """Tell the first and the last day, since the epoch, of which there are counts at ``now``."""
    day = now // DAY_MS
    return day - KEPT_DAYS, day


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


class Step(Enum):
    """How a period is divided."""

    HOUR = "hour"
    DAY = "day"
    ALL = "all"  # not at all


@frozen(kw_only=True)
class Period:
    """From ``start`` until before ``end``, in ms since the epoch, each on the hour.

    Its steps begin at whole hours or days in UTC, but for the first, which begins with it.
    Raises ``InvalidPeriod``.
    """

    start: int
    end: int
    step: Step = Step.DAY

    def __attrs_post_init__(self) -> None:
        if self.start % HOUR_MS or self.end % HOUR_MS or not 0 <= self.start < self.end:
            raise InvalidPeriod

    def step_of(self, at: int) -> tuple[int, int]:
        """Tell when the step begins and ends that an instant is in."""
        if self.step is Step.ALL:
            return self.start, self.end
        length = HOUR_MS if self.step is Step.HOUR else DAY_MS
        begin = at // length * length
        return max(begin, self.start), min(begin + length, self.end)


@frozen(kw_only=True)
class Usage:
    """What was counted of a client from ``start`` until before ``end``, ms since the epoch."""

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
    counts: Iterable[Count], *, client: str, period: Period, by_region: bool = False
) -> list[Usage]:
    """Add up the counts within a period, one usage a step, and a region where asked for.

    They come in this order. Of a step in which nothing happened there is none.
    """
    sums: dict[tuple[int, int, str], dict[Counted, int]] = {}
    for count in counts:
        if period.start <= count.hour < period.end:
            key = *period.step_of(count.hour), count.region if by_region else ""
            of_step = sums.setdefault(key, {})
            of_step[count.what] = of_step.get(count.what, 0) + count.many
    return [
        Usage(
            start=start,
            end=end,
            client=client,
            region=region if by_region else None,
            counts=of_step,
        )
        for (start, end, region), of_step in sorted(sums.items())
    ]
