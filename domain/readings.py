"""What a server has counted, read time and again: from two readings comes how much is going on."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from attrs import field, frozen

from domain.alerts import Ongoing
from domain.spread import Spread

STEP_MS = 5_000
"""So far apart are the readings that are kept."""

STEPS = 60
"""So many steps are kept: five minutes."""


@frozen
class Activity:
    """Sessions created and redeemed, and redeems refused."""

    created: int = 0
    redeemed: int = 0
    refused: int = 0

    def __add__(self, other: "Activity") -> "Activity":
        return Activity(
            self.created + other.created,
            self.redeemed + other.redeemed,
            self.refused + other.refused,
        )

    def since(self, earlier: "Activity") -> "Activity":
        """Return what has come on top of what there was."""
        return Activity(
            self.created - earlier.created,
            self.redeemed - earlier.redeemed,
            self.refused - earlier.refused,
        )


@frozen(kw_only=True)
class Counts:
    """What all workers together have counted, which never goes back.

    ``reasons`` are those of refused redeems, ``others`` what is counted besides, by the names of
    the metrics. ``routes``, ``store`` and ``lag`` are times: of requests by what has answered
    them, of operations of the store, and of what the event loop was late with.
    """

    clients: Mapping[str, Activity] = field(factory=dict)
    reasons: Mapping[str, int] = field(factory=dict)
    others: Mapping[str, int] = field(factory=dict)
    routes: Mapping[str, Spread] = field(factory=dict)
    store: Spread
    lag: Spread

    @property
    def activity(self) -> Activity:
        """That of all clients, and of nobody."""
        return sum(self.clients.values(), Activity())

    def since(self, earlier: "Counts") -> "Counts":
        """Return what has come on top of what there was."""
        none = Activity()
        return Counts(
            clients={
                client: activity.since(earlier.clients.get(client, none))
                for client, activity in self.clients.items()
            },
            reasons=_more(self.reasons, earlier.reasons),
            others=_more(self.others, earlier.others),
            routes={
                route: spread.since(earlier.routes.get(route))
                for route, spread in self.routes.items()
            },
            store=self.store.since(earlier.store),
            lag=self.lag.since(earlier.lag),
        )


@frozen(kw_only=True)
class Reading:
    """What a server has counted up to ``at``, ms since the epoch, and how things stand with it."""

    at: int
    counts: Counts
    workers: int = 1
    in_flight: int = 0
    breakers_open: int = 0
    alerts: Sequence[Ongoing] = ()


@frozen(kw_only=True)
class Span:
    """What was counted within ``ms`` milliseconds."""

    ms: int
    counts: Counts


@frozen
class Pace:
    """How much was going on per second, in the step that ends at ``at``."""

    at: int
    created: float
    redeemed: float
    refused: float


@frozen
class History:
    """The latest readings, the oldest first."""

    readings: tuple[Reading, ...] = ()

    def with_one(self, reading: Reading) -> "History":
        """Keep one more, and no more than are wanted."""
        return History((*self.readings[-STEPS:], reading))

    def span(self, now: Reading, ms: int) -> Span:
        """Return what was counted in the last ``ms`` before ``now``.

        It begins at the latest reading that is so old or older; at the oldest where none is.
        """
        old = [each for each in self.readings if each.at <= now.at - ms]
        first = old[-1] if old else (*self.readings, now)[0]
        return Span(ms=now.at - first.at, counts=now.counts.since(first.counts))

    def paces(self, now: Reading) -> list[Pace]:
        """Return that of each step, and last that of now: of a step, or as long as there was."""
        activities = [(each.at, each.counts.activity) for each in self.readings]
        paces = [
            _pace(at, activity.since(before), at - began)
            for (began, before), (at, activity) in pairwise(activities)
        ]
        latest = self.span(now, STEP_MS)
        return [*paces, _pace(now.at, latest.counts.activity, latest.ms)]


def _pace(at: int, activity: Activity, ms: int) -> Pace:
    seconds = ms / 1000 if ms > 0 else float("inf")
    return Pace(
        at,
        activity.created / seconds,
        activity.redeemed / seconds,
        activity.refused / seconds,
    )


def _more(now: Mapping[str, int], earlier: Mapping[str, int]) -> Mapping[str, int]:
    return {name: many - earlier.get(name, 0) for name, many in now.items()}
