"""Look whether an operator is to be called."""

from collections.abc import Sequence

from attrs import Factory, define

from application.alert_ports import AlertSink
from application.audit_ports import AuditTrail
from application.ports import (
    ClientDirectory,
    Clock,
    SessionRepository,
    StoreHealth,
    StoreUnavailable,
)
from application.snapshot_ports import SnapshotsUnavailable
from application.tell_snapshot_age import TellSnapshotAge
from domain.alerts import Limits, Notice, Rule, Standing, Tally

LOOK_AT = 1000
MINUTE_MS = 60_000
MOST_STRETCHES = 20
"""One look reads no more than so many; the next goes on from there."""

REFUSED, REPLAYED = "redeem_refused", "replay_attempted"

_Key = tuple[str, str]


@define
class WatchForAlerts:
    """Looks at the store, the caps and what was audited since it looked last.

    It remembers what it has told, so one of them looks time and again. Refusals are those that
    all workers have audited; where none are kept, none are watched.
    """

    health: StoreHealth
    sessions: SessionRepository
    directory: ClientDirectory
    trail: AuditTrail
    sinks: Sequence[AlertSink]
    clock: Clock
    limits: Limits
    snapshot_age: TellSnapshotAge | None = None
    _standings: dict[_Key, Standing] = Factory(dict)
    _refusals: dict[str, Tally] = Factory(dict)
    _replays: dict[str, Tally] = Factory(dict)
    _looks_since: int = 0
    _began_at: int = 0
    _read_to: str = ""

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
            await self._read_events(now)
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

    async def _read_events(self, now: int) -> None:
        if not self._read_to:
            self._began_at, self._read_to = now, self.trail.start_of(now)
        for _ in range(MOST_STRETCHES):
            stretch = await self.trail.after(self._read_to, LOOK_AT, (REFUSED, REPLAYED))
            self._read_to = stretch.end
            for entry in stretch.entries:
                if entry.at < self._began_at:
                    continue
                client = str(entry.facts.get("client", ""))
                tallies = self._replays if entry.event == REPLAYED else self._refusals
                tallies[client] = tallies.get(client, Tally()).with_one(entry.at)
            if stretch.reaches_the_end:
                break

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
