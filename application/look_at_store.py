"""Look what only the store knows, for whoever watches."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from attrs import Factory, define, evolve, frozen

from application.audit_ports import AuditTrail
from application.ports import Clock, StoreHealth, StoreUnavailable
from application.report_clients import ReportClients, Standing
from application.report_usage import ReportUsage, UsageRequest
from domain.audit import Entry
from domain.client import Caller
from domain.usage import DAY_MS, Counted, Period, Step

EVENTS = 25
"""So many of the latest are shown."""

REGIONS_MS = 15_000
"""What was counted by region is asked for no more often: it is a day's."""

_EVERYTHING = Caller(is_admin=True)


@frozen(kw_only=True)
class StoreView:
    """What the store told last, at ``at`` in ms since the epoch; 0 where it has told nothing yet.

    ``away_since`` is when it was first found not to answer, ``None`` where it answers. ``regions``
    are the redeems of this day, in UTC, by country; ``None`` where countries are not kept.
    """

    at: int = 0
    away_since: int | None = None
    standings: Sequence[Standing] = ()
    events: Sequence[Entry] = ()
    regions: Mapping[str, int] | None = None


@define
class LookAtStore:
    """Remembers what it saw last, so that it is there while the store is away.

    Without ``usage`` it does not look for regions.
    """

    health: StoreHealth
    clients: ReportClients
    trail: AuditTrail
    clock: Clock
    usage: ReportUsage | None = None
    view: StoreView = Factory(StoreView)
    _regions_at: int = 0

    async def execute(self, *, closely: bool) -> None:
        """Look once: whether it answers, and ``closely`` at all that it knows."""
        try:
            await self.health.check()
            if closely:
                await self._look()
        except StoreUnavailable:
            if self.view.away_since is None:
                self.view = evolve(self.view, away_since=self.clock.now())
        else:
            self.view = evolve(self.view, away_since=None)

    async def _look(self) -> None:
        standings = await self.clients.execute()
        events = await self.trail.latest(EVENTS)
        await self._look_at_regions()
        self.view = evolve(self.view, at=self.clock.now(), standings=standings, events=events)

    async def _look_at_regions(self) -> None:
        now = self.clock.now()
        if self.usage is None or now - self._regions_at < REGIONS_MS:
            return
        start = now // DAY_MS * DAY_MS
        today = Period(start=start, end=start + DAY_MS, step=Step.ALL)
        request = UsageRequest(caller=_EVERYTHING, period=today, by_region=True)
        regions: defaultdict[str, int] = defaultdict(int)
        for usage in await self.usage.execute(request):
            if redeemed := usage.many(Counted.REDEEMED):
                regions[usage.region or ""] += redeemed
        self.view = evolve(self.view, regions=dict(regions))
        self._regions_at = now
