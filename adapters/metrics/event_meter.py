"""Events, counted by client and reason."""

from collections.abc import Callable, Sequence
from typing import Any

from adapters.fanout import Taker
from adapters.metrics.meter import Key, Meter
from domain.client import NOBODY
from domain.events import (
    BatchCreated,
    BatchRepeated,
    CreateConflicted,
    CreateRefused,
    CreateRepeated,
    Event,
    GrantRefused,
    GrantRevoked,
    KeyRejected,
    RateLimitReached,
    RedeemRefused,
    SessionCreated,
    SessionRedeemed,
    SessionRevoked,
    SessionsCleanedUp,
    SessionsRevoked,
)

EVERYBODY = "*"
"""Stands for all clients together, where an admin has taken back the sessions of all at once."""

CAP = "session_cap_reached"
RATE = "rate_limited"
CONFLICT = "idempotency_key_{}"

_LIMITED = {
    "create": "creates_refused",
    "redeem": "redeems_refused",
    "grant": "grants_refused",
}

Counts = tuple[tuple[Key, int], ...]


def _limited(event: RateLimitReached) -> Counts:
    return (((_LIMITED[event.limited], event.client or NOBODY, RATE), 1),)


def _conflicted(event: CreateConflicted) -> Counts:
    key = ("creates_refused", event.client or NOBODY, CONFLICT.format(event.problem))
    return ((key, 1),)


def _revoked(event: SessionsRevoked) -> Counts:
    client = event.client or EVERYBODY
    return (
        (("sessions_revoked", client), event.sessions),
        (("grants_revoked", client), event.grants),
    )


def _refused(name: str) -> Callable[[Any], Counts]:
    return lambda event: (((name, event.client or NOBODY, event.reason.value), 1),)


_ONE: dict[type[Event], str] = {
    SessionCreated: "sessions_created",
    SessionRedeemed: "sessions_redeemed",
    CreateRepeated: "creates_repeated",
    BatchRepeated: "creates_repeated",
    SessionRevoked: "sessions_revoked",
    GrantRevoked: "grants_revoked",
}

_TOLD: dict[type[Event], Callable[[Any], Counts]] = {
    BatchCreated: lambda e: ((("sessions_created", e.client or NOBODY), e.count),),
    CreateRefused: lambda e: ((("creates_refused", e.client or NOBODY, CAP), 1),),
    CreateConflicted: _conflicted,
    RateLimitReached: _limited,
    RedeemRefused: _refused("redeems_refused"),
    GrantRefused: _refused("grants_refused"),
    SessionsRevoked: _revoked,
    SessionsCleanedUp: lambda e: ((("sessions_cleaned_up",), e.removed),),
    KeyRejected: lambda _: ((("keys_rejected",), 1),),
}


class EventMeter(Taker):
    """Counts events in the meter. One of a kind it does not know counts as its nearest."""

    def __init__(self, meter: Meter) -> None:
        self._counts = meter.counts
        self._by_client = {kind: meter.counts_by_client[name] for kind, name in _ONE.items()}
        self._granted = meter.counts_by_client["grants_given"]
        self._told = dict(_TOLD)

    def take(self, events: Sequence[Event]) -> None:
        by_kind, granted = self._by_client, self._granted
        for event in events:
            by_client = by_kind.get(type(event))
            if by_client is None:
                self._take_other(event)
            else:
                by_client[event.client] += 1
                if type(event) is SessionRedeemed and event.granted:
                    granted[event.client] += 1

    def _take_other(self, event: Event) -> None:
        kind = type(event)
        told = self._told.get(kind) or self._nearest(kind)
        for key, by in told(event):
            self._counts[key] += by

    def _nearest(self, kind: type[Event]) -> Callable[[Any], Counts]:
        self._told[kind] = next(
            (self._told[each] for each in kind.__mro__ if each in self._told), lambda _: ()
        )
        return self._told[kind]
