"""Readings of the board: what the metrics tell Prometheus, in the words of the dashboard."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from adapters.metrics.meter import BOUNDS, Key, State
from adapters.metrics.operation_meter import METRIC as STORE
from adapters.metrics.shared import SharedMeasurements
from application.dashboard_ports import Readings
from application.ports import Clock
from domain.readings import Activity, Counts, Reading
from domain.spread import Spread

ROUTES = "http_request_duration_seconds"
LAG = "event_loop_lag_seconds"

_PARTS = {
    "sessions_created": lambda many: Activity(created=many),
    "sessions_redeemed": lambda many: Activity(redeemed=many),
    "redeems_refused": lambda many: Activity(refused=many),
}


@frozen
class BoardReadings(Readings):
    """Adds up what every worker has left; reading it may take longer than requests ought to."""

    measurements: SharedMeasurements
    clock: Clock

    async def take(self) -> Reading:
        left, now = self.measurements.left_by_all(), self.clock.now()
        return await asyncio.to_thread(reading_of, left, now)

    async def keep(self, reading: Reading) -> None:
        shared = self.measurements
        await asyncio.to_thread(shared.history.leave, shared.place, reading)

    async def kept(self) -> Sequence[Reading]:
        return await asyncio.to_thread(self.measurements.history.begin)


def reading_of(left: Sequence[tuple[bytes, bool]], at: int) -> Reading:
    """Read what was left at each place, and whether there is a worker."""
    states = [(State.unpacked(packed), there) for packed, there in left if packed]
    running = [state for state, there in states if there]
    return Reading(
        at=at,
        counts=_counts([state for state, _ in states]),
        workers=len(running),
        in_flight=_gauge(running, "http_requests_in_flight"),
        breakers_open=_gauge(running, "store_breakers_open"),
        alerts=[alert for state in running for alert in state.alerts],
    )


def _counts(states: Iterable[State]) -> Counts:
    clients: defaultdict[str, Activity] = defaultdict(Activity)
    reasons: defaultdict[str, int] = defaultdict(int)
    others: defaultdict[str, int] = defaultdict(int)
    spreads: defaultdict[Key, Spread] = defaultdict(lambda: Spread.none(BOUNDS))
    for state in states:
        for (name, *labels), many in state.counts.items():
            if name in _PARTS:
                clients[labels[0]] += _PARTS[name](many)
            else:
                others[name] += many
            if name == "redeems_refused":
                reasons[labels[1]] += many
        for (name, *labels), timing in state.timings.items():
            # Of an operation of the store it does not matter which, nor what came of it.
            spreads[name, *labels[: name == ROUTES]] += _spread(timing)
    return Counts(
        clients=dict(clients),
        reasons=dict(reasons),
        others=dict(others),
        routes=_routes(spreads),
        store=spreads[STORE,],
        lag=spreads[LAG,],
    )


def _routes(spreads: Mapping[Key, Spread]) -> Mapping[str, Spread]:
    return {key[1]: spread for key, spread in spreads.items() if key[0] == ROUTES}


def _spread(timing: Sequence[float]) -> Spread:
    *counts, _ = timing  # the last is their sum
    return Spread(BOUNDS, tuple(map(int, counts)))


def _gauge(running: Iterable[State], name: str) -> int:
    return int(sum(state.gauges.get((name,), 0) for state in running))
