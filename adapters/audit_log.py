"""The audit log: one structured line per event."""

from collections.abc import Callable
from functools import partial

import attrs

from application.ports import EventSink
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

_NAMES: dict[type[Event], str] = {
    SessionCreated: "session_created",
    CreateRepeated: "create_repeated",
    BatchCreated: "batch_created",
    BatchRepeated: "batch_repeated",
    CreateConflicted: "create_conflicted",
    CreateRefused: "create_refused",
    RateLimitReached: "rate_limit_reached",
    SessionRedeemed: "session_redeemed",
    RedeemRefused: "redeem_refused",
    GrantRefused: "grant_refused",
    SessionRevoked: "session_revoked",
    GrantRevoked: "grant_revoked",
    SessionsRevoked: "sessions_revoked",
    SessionsCleanedUp: "sessions_cleaned_up",
    KeyRejected: "key_rejected",
}

_FIELDS = {kind: tuple(field.name for field in attrs.fields(kind)) for kind in _NAMES}


class AuditLog(EventSink):
    """Tells events by their names, with every field an event has.

    An event holds a fingerprint and no id, so neither does the line. ``tell`` writes it, and
    gets its facts when it asks for them: an event stays as it is.
    """

    def __init__(self, tell: Callable[[str, Callable[[], dict[str, object]]], None]) -> None:
        self._tell = tell

    def emit(self, event: Event) -> None:
        self._tell(_NAMES[type(event)], partial(_facts_of, event))


def _facts_of(event: Event) -> dict[str, object]:
    facts = {}
    for field in _FIELDS[type(event)]:
        value = getattr(event, field)
        if value is not None:
            facts[field] = value
    return facts
