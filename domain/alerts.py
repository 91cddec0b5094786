"""When an operator is to be called, and when it is over."""

from enum import StrEnum

from attrs import evolve, field, frozen
from attrs.validators import ge, le

WINDOW_MS = 60_000
"""What is counted is counted over so long."""

BUCKET_MS = 5_000


class Change(StrEnum):
    """What has become of an alert."""

    RAISED = "raised"
    REMINDED = "reminded"  # it goes on, and was told of long ago
    RESOLVED = "resolved"


@frozen(kw_only=True)
class Rule:
    """Raised by a value that stays at ``raise_at`` or above for ``raise_after_ms``.

    Resolved by one that stays below ``resolve_below`` for ``resolve_after_ms``: between the two
    nothing changes, so that a value which goes to and fro calls nobody time and again.
    """

    name: str
    raise_at: float
    resolve_below: float
    raise_after_ms: int = 0
    resolve_after_ms: int = 60_000


@frozen(kw_only=True)
class Limits:
    """Beyond what an operator wants to be called."""

    store_away_seconds: int = field(default=30, validator=ge(1))
    cap_percent: int = field(default=90, validator=[ge(2), le(100)])
    refusals_per_minute: int = field(default=100, validator=ge(2))
    remind_minutes: int = field(default=60, validator=ge(1))
    snapshot_minutes: int = field(default=30, validator=ge(2))

    @property
    def store_away(self) -> Rule:
        """The store does not answer: 1, or it does: 0."""
        after = self.store_away_seconds * 1000
        return Rule(name="store_away", raise_at=1, resolve_below=1, raise_after_ms=after)

    @property
    def cap_near(self) -> Rule:
        """So many percent of a client's cap are active sessions."""
        below = self.cap_percent * 0.9
        return Rule(name="cap_near", raise_at=self.cap_percent, resolve_below=below)

    @property
    def refusals_spike(self) -> Rule:
        """So many redeems of a client's sessions were refused in a minute."""
        most = self.refusals_per_minute
        return Rule(name="refusals_spike", raise_at=most, resolve_below=most / 2)

    @property
    def replay_attempted(self) -> Rule:
        """So many sessions of a client came again in a minute: its addresses leak."""
        return Rule(name="replay_attempted", raise_at=1, resolve_below=1, resolve_after_ms=600_000)

    @property
    def snapshot_old(self) -> Rule:
        """The last snapshot was taken so many minutes ago, or none since somebody looks."""
        most = self.snapshot_minutes
        return Rule(name="snapshot_old", raise_at=most, resolve_below=most, resolve_after_ms=0)

    @property
    def all(self) -> tuple[Rule, ...]:
        """Every one of them."""
        return (
            self.store_away,
            self.cap_near,
            self.refusals_spike,
            self.replay_attempted,
            self.snapshot_old,
        )


@frozen(kw_only=True)
class Notice:
    """What is told of an alert. ``since`` is when it was raised, ``subject`` a client or nobody."""

    alert: str
    change: Change
    subject: str
    value: float
    at: int
    since: int


@frozen(kw_only=True)
class Ongoing:
    """An alert that was raised at ``since`` and has not been resolved; ``value`` as last told."""

    alert: str
    subject: str
    value: float
    since: int


@frozen
class Standing:
    """How one rule stands for one subject: at first it is quiet."""

    raised_at: int | None = None
    told_at: int = 0
    turning_since: int | None = None  # the value is on the other side, not for long enough yet

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to remember."""
        return self.raised_at is None and self.turning_since is None

    def judge(
        self, rule: Rule, value: float, now: int, remind_ms: int
    ) -> tuple["Standing", Change | None]:
        """Return how it stands with this value, and what of it is to be told, if anything."""
        raised = self.raised_at is not None
        turns = value < rule.resolve_below if raised else value >= rule.raise_at
        if not turns:
            standing = evolve(self, turning_since=None)
            if not raised or now - self.told_at < remind_ms:
                return standing, None
            return evolve(standing, told_at=now), Change.REMINDED
        since = now if self.turning_since is None else self.turning_since
        if now - since < (rule.resolve_after_ms if raised else rule.raise_after_ms):
            return evolve(self, turning_since=since), None
        if raised:
            return Standing(), Change.RESOLVED
        return Standing(raised_at=now, told_at=now), Change.RAISED


@frozen
class Tally:
    """How often something has happened lately, in steps of some seconds."""

    buckets: tuple[tuple[int, int], ...] = ()

    def plus(self, more: int, at: int) -> "Tally":
        """Count so many more, that were seen at ``at``; time goes on."""
        bucket = at // BUCKET_MS
        if self.buckets and self.buckets[-1][0] >= bucket:
            last, count = self.buckets[-1]
            return Tally((*self.buckets[:-1], (last, count + more)))
        return Tally((*self.buckets, (bucket, more)))

    def until(self, now: int) -> "Tally":
        """Forget what is longer ago than the window."""
        first = (now - WINDOW_MS) // BUCKET_MS + 1
        return Tally(tuple(bucket for bucket in self.buckets if bucket[0] >= first))

    @property
    def count(self) -> int:
        """So often it was."""
        return sum(count for _, count in self.buckets)
