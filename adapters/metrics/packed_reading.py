"""A reading, written down for another worker."""

import orjson
from attrs import astuple

from adapters.metrics.meter import BOUNDS
from domain.readings import Activity, Counts, Reading
from domain.spread import Spread


def packed(reading: Reading) -> bytes:
    """Write down, in one line, what was counted up to then, and not how things stood."""
    counts = reading.counts
    facts = (
        reading.at,
        {client: astuple(activity) for client, activity in counts.clients.items()},
        counts.reasons,
        counts.others,
        {route: spread.counts for route, spread in counts.routes.items()},
        counts.store.counts,
        counts.lag.counts,
    )
    return orjson.dumps(facts)


def unpacked(line: bytes) -> Reading:
    """Read what ``packed`` has written."""
    at, clients, reasons, others, routes, store, lag = orjson.loads(line)
    counts = Counts(
        clients={client: Activity(*activity) for client, activity in clients.items()},
        reasons=reasons,
        others=others,
        routes={route: _spread(counts) for route, counts in routes.items()},
        store=_spread(store),
        lag=_spread(lag),
    )
    return Reading(at=at, counts=counts)


def _spread(counts: list[int]) -> Spread:
    return Spread(BOUNDS, tuple(counts))
