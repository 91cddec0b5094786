"""The audit log: one structured line per event."""

import attrs
import structlog

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


class AuditLog(EventSink):
    """Writes events to the logger ``framegate.audit``, with every field an event has.

    An event holds a fingerprint and no id, so neither does the line.
    """

    def __init__(self) -> None:
        self._log = structlog.stdlib.get_logger("framegate.audit")

    def emit(self, event: Event) -> None:
        facts = attrs.asdict(event, value_serializer=_plain)
        self._log.info(_NAMES[type(event)], **{k: v for k, v in facts.items() if v is not None})


def _plain(_: type, __: "attrs.Attribute[object]", value: object) -> object:
    return getattr(value, "value", value)
