"""The audit log: one structured line per event."""

from collections.abc import Callable, Mapping

import attrs

from application.ports import EventSink
from domain.events import (
    BatchCreated,
    BatchRepeated,
    CreateConflicted,
    CreateRefused,
    CreateRepeated,
    Event,
    KeyRejected,
    RateLimitReached,
    RedeemRefused,
    SessionCreated,
    SessionRedeemed,
    SessionRevoked,
    SessionsCleanedUp,
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
    SessionRevoked: "session_revoked",
    SessionsCleanedUp: "sessions_cleaned_up",
    KeyRejected: "key_rejected",
}

_FIELDS = {kind: tuple(field.name for field in attrs.fields(kind)) for kind in _NAMES}


class AuditLog(EventSink):
    """Tells events by their names, with every field an event has.

    An event holds a fingerprint and no id, so neither does the line. ``tell`` writes it.
    """

    def __init__(self, tell: Callable[[str, Mapping[str, object]], None]) -> None:
        self._tell = tell

    def emit(self, event: Event) -> None:
        kind, facts = type(event), {}
        for field in _FIELDS[kind]:
            value = getattr(event, field)
            if value is not None:
                facts[field] = value
        self._tell(_NAMES[kind], facts)
