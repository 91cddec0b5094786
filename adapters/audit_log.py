"""The audit log: one structured line per event."""

from functools import cached_property
from typing import Any

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

_FIELDS = {kind: tuple(field.name for field in attrs.fields(kind)) for kind in _NAMES}


class AuditLog(EventSink):
    """Writes events to the logger ``framegate.audit``, with every field an event has.

    An event holds a fingerprint and no id, so neither does the line.
    """

    def emit(self, event: Event) -> None:
        facts = {}
        for field in _FIELDS[type(event)]:
            value = getattr(event, field)
            if value is not None:
                facts[field] = getattr(value, "value", value)
        self._log.info(_NAMES[type(event)], **facts)

    @cached_property
    def _log(self) -> Any:
        # Put together once, at the first event: by then the logs have been configured.
        return structlog.get_logger("framegate.audit").bind()
