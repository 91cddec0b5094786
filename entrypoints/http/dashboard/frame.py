"""What the dashboard shows at one moment, as its page is sent it: figures, and no texts."""

from collections.abc import Mapping, Sequence
from typing import Any

from application.report_clients import Standing
from application.show_dashboard import Moment
from domain.audit import Entry
from domain.figures import Figures
from domain.readings import STEP_MS, STEPS, Activity, Pace, Span
from domain.spread import Spread

MINUTE_MS = 60_000
MOST_CLIENTS = 20
"""So many have a row of their own: those with most going on."""

OPERATORS = frozenset(
    {
        *("dashboard_page", "dashboard_events", "sign_in", "sign_out", "revoke", "clean_up"),
        *("livez", "readyz", "metrics", "static_file", "document", "document_page"),
    }
)
"""Routes of whoever looks on: no traffic, and seldom enough to be slow."""

TOLD_OF_EVENTS = (
    *("client", "fingerprint", "reason", "region", "count", "sessions", "grants", "removed"),
)
"""Neither where a caller was, nor anything that is not known to be no secret."""


def frame_of(moment: Moment, storage: str) -> Mapping[str, Any]:
    """Put the figures of a moment into fields. Instants are in ms since the epoch."""
    now, store = moment.now, moment.store
    window = moment.history.span(now, STEPS * STEP_MS)
    minute = moment.history.span(now, MINUTE_MS)
    routes = {
        route: spread
        for route, spread in minute.counts.routes.items()
        if spread.many and route not in OPERATORS
    }
    return {
        "at": now.at,
        "storage": storage,
        "store": {
            "away_since": store.away_since,
            "at": store.at or None,
            **_times(minute.counts.store),
        },
        "server": {
            "workers": now.workers,
            "in_flight": now.in_flight,
            "breakers_open": now.breakers_open,
            "lag": _milliseconds(minute.counts.lag.quantile(0.99)),
        },
        "sessions": _sessions(store.standings),
        "clients": _clients(store.standings, window),
        "paces": [_pace(pace) for pace in moment.history.paces(now)],
        "window": {
            "ms": window.ms,
            **_activity(window.counts.activity),
            "reasons": _happened(window.counts.reasons),
            "others": _happened(window.counts.others),
        },
        "regions": store.regions,
        "traffic": _times(sum(routes.values(), Spread.none(minute.counts.store.bounds))),
        "routes": [
            {"route": route, **_times(spread)}
            for route, spread in sorted(routes.items(), key=lambda each: -each[1].many)
        ],
        "alerts": [
            {
                "alert": alert.alert,
                "subject": alert.subject,
                "value": alert.value,
                "since": alert.since,
            }
            for alert in sorted(now.alerts, key=lambda alert: alert.since)
        ],
        "events": [_event(entry) for entry in reversed(store.events)],
    }


def _sessions(standings: Sequence[Standing]) -> Mapping[str, int]:
    figures = sum((standing.figures for standing in standings), Figures())
    return {
        "active": figures.active,
        "used": figures.used,
        "created": figures.created,
        "redeemed": figures.redeemed,
        "cap": sum(standing.cap for standing in standings),
    }


def _clients(standings: Sequence[Standing], window: Span) -> Mapping[str, Any]:
    counted, none = window.counts.clients, Activity()
    known = {standing.client: standing for standing in standings}
    rows: list[dict[str, Any]] = [
        {
            "client": client,
            "active": known[client].figures.active if client in known else None,
            "cap": known[client].cap if client in known else None,
            **_activity(counted.get(client, none)),
        }
        for client in sorted({*known, *counted})
    ]
    busiest = sorted(rows, key=_busy, reverse=True)[:MOST_CLIENTS]
    # In the order of their names, so that none changes its place while somebody reads.
    shown = sorted(busiest, key=lambda row: row["client"])
    return {"rows": shown, "more": len(rows) - len(shown)}


def _busy(row: Mapping[str, Any]) -> tuple[int, int]:
    return row["created"] + row["redeemed"] + row["refused"], row["active"] or 0


def _pace(pace: Pace) -> Sequence[float]:
    return pace.at, round(pace.created, 2), round(pace.redeemed, 2), round(pace.refused, 2)


def _activity(activity: Activity) -> Mapping[str, int]:
    return {
        "created": activity.created,
        "redeemed": activity.redeemed,
        "refused": activity.refused,
    }


def _times(spread: Spread) -> Mapping[str, float | None]:
    return {
        "many": spread.many,
        "p50": _milliseconds(spread.quantile(0.5)),
        "p99": _milliseconds(spread.quantile(0.99)),
    }


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 2)


def _happened(counts: Mapping[str, int]) -> Mapping[str, int]:
    return {name: many for name, many in sorted(counts.items()) if many}


def _event(entry: Entry) -> Mapping[str, object]:
    facts = {name: entry.facts[name] for name in TOLD_OF_EVENTS if name in entry.facts}
    return {"position": entry.position, "at": entry.at, "event": entry.event, **facts}
