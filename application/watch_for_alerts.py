"""Look whether an operator is to be called."""

from collections import Counter
from collections.abc import Sequence

from attrs import Factory, define

from application.alert_ports import AlertSink
from application.ports import (
    ClientDirectory,
    Clock,
    SessionRepository,
    StoreHealth,
    StoreUnavailable,
)
from application.snapshot_ports import SnapshotsUnavailable
from application.tell_snapshot_age import TellSnapshotAge
from application.usage_ports import UsageLedger
from domain.alerts import Limits, Notice, Rule, Standing, Tally
from domain.client import NOBODY
from domain.usage import DAY_MS, HOUR_MS, REFUSALS, Counted

MINUTE_MS = 60_000
LATELY_MS = 3 * HOUR_MS
"""What was counted for hours before is not looked at: it is what a restore has put back."""

_Key = tuple[str, str]


@define
class WatchForAlerts:
    """Looks at the store, the caps and what the store has refused since it looked last.

    It remembers what it has told, so one of them looks time and again. Refusals are those of all
    workers: the store counts them as it decides.
    """

    health: StoreHealth
    sessions: SessionRepository
    directory: ClientDirectory
    ledger: UsageLedger
    sinks: Sequence[AlertSink]
    clock: Clock
    limits: Limits
    snapshot_age: TellSnapshotAge | None = None
    _standings: dict[_Key, Standing] = Factory(dict)
    _refusals: dict[str, Tally] = Factory(dict)
    _replays: dict[str, Tally] = Factory(dict)
    _looks_since: int = 0
    _counted: Counter[tuple[str, int, Counted]] | None = None

    async def execute(self) -> None:
        """Look once. A store that is away is what it looks for, and nothing it raises."""
        now = self.clock.now()
        self._looks_since = self._looks_since or now
        await self._look_at_snapshots(now)
        try:
            await self.health.check()
            self._judge(self.limits.store_away, "", 0, now)
        except StoreUnavailable:
            self._judge(self.limits.store_away, "", 1, now)
            return  # the others stand as they stood: nobody knows
        try:
            await self._look_at_caps(now)
            await self._look_at_refusals(now)
        except StoreUnavailable:
            return
        for rule, tallies in (
            (self.limits.refusals_spike, self._refusals),
            (self.limits.replay_attempted, self._replays),
        ):
            for client in list(tallies):
                tallies[client] = tally = tallies[client].until(now)
                self._judge(rule, client, tally.count, now)
                if not tally.buckets and (rule.name, client) not in self._standings:
                    del tallies[client]

    async def _look_at_snapshots(self, now: int) -> None:
        if self.snapshot_age is None:
            return
        try:
            age = await self.snapshot_age.execute()
        except SnapshotsUnavailable:
            age = None
        if age is None:  # nobody knows of any, so it is as old as can be told
            age = now - self._looks_since
        self._judge(self.limits.snapshot_old, "", age // MINUTE_MS, now)

    async def _look_at_caps(self, now: int) -> None:
        for client in self.directory.clients():
            figures = await self.sessions.figures(client.name)
            share = 100 * figures.active / client.policy.cap
            self._judge(self.limits.cap_near, client.name, round(share, 1), now)

    async def _look_at_refusals(self, now: int) -> None:
        first_day, last_day = (now - LATELY_MS) // DAY_MS, (now + LATELY_MS) // DAY_MS
        counted: Counter[tuple[str, int, Counted]] = Counter()
        for client in (*(client.name for client in self.directory.clients()), NOBODY):
            # The store's clock may be some hours before or behind.
            for count in await self.ledger.counts(client, first_day, last_day):
                if count.what in REFUSALS and count.hour > now - LATELY_MS:
                    counted[client, count.hour, count.what] += count.many
        before, self._counted = self._counted, counted
        if before is None:
            return
        for (client, _, what), more in (counted - before).items():
            subject = "" if client == NOBODY else client
            tallies = self._replays if what is Counted.REFUSED_USED else self._refusals
            tallies[subject] = tallies.get(subject, Tally()).plus(more, now)

    def _judge(self, rule: Rule, subject: str, value: float, now: int) -> None:
        key = rule.name, subject
        before = self._standings.get(key, Standing())
        standing, change = before.judge(rule, value, now, self.limits.remind_minutes * 60_000)
        if standing.is_quiet:
            self._standings.pop(key, None)
        else:
            self._standings[key] = standing
        if change is None:
            return
        raised_at = standing.raised_at if before.raised_at is None else before.raised_at
        notice = Notice(
            alert=rule.name,
            change=change,
            subject=subject,
            value=value,
            at=now,
            since=now if raised_at is None else raised_at,
        )
        for sink in self.sinks:
            sink.tell(notice)
