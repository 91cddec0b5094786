"""An event as the audit log has it: its name, its facts, and the line of both."""

import json
from collections.abc import Collection, Iterable

import attrs
import orjson

from domain.audit import Entry
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
    ReplayAttempted,
    SessionCreated,
    SessionRedeemed,
    SessionRevoked,
    SessionsCleanedUp,
    SessionsRevoked,
)
from domain.hiding import hide_secrets

NAMES: dict[type[Event], str] = {
    SessionCreated: "session_created",
    CreateRepeated: "create_repeated",
    BatchCreated: "batch_created",
    BatchRepeated: "batch_repeated",
    CreateConflicted: "create_conflicted",
    CreateRefused: "create_refused",
    RateLimitReached: "rate_limit_reached",
    SessionRedeemed: "session_redeemed",
    RedeemRefused: "redeem_refused",
    ReplayAttempted: "replay_attempted",
    GrantRefused: "grant_refused",
    SessionRevoked: "session_revoked",
    GrantRevoked: "grant_revoked",
    SessionsRevoked: "sessions_revoked",
    SessionsCleanedUp: "sessions_cleaned_up",
    KeyRejected: "key_rejected",
}

_FIELDS = {kind: tuple(field.name for field in attrs.fields(kind)) for kind in NAMES}


def name_of(event: Event) -> str:
    """Return what the audit log calls it."""
    return NAMES[type(event)]


def facts_of(event: Event) -> dict[str, object]:
    """Return every field that the event has, and none that is not known."""
    facts = {}
    for field in _FIELDS[type(event)]:
        value = getattr(event, field)
        if value is not None:
            facts[field] = value
    return facts


def entry_lines(events: Iterable[Event]) -> bytes:
    """Write each event as one line of JSON, its name and its facts; the last has no line end."""
    return hide_secrets(b"\n".join([_line(event) for event in events]).decode()).encode()


def entry_of(position: str, line: bytes) -> Entry | None:
    """Read what ``entry_lines`` wrote; ``None`` for what is no such line."""
    try:
        facts = orjson.loads(line)
        at, event = int(facts.pop("at")), str(facts.pop("event"))
    except (KeyError, TypeError, ValueError):
        return None
    return Entry(position=position, at=at, event=event, facts=facts)


class Only:
    """Tells by a glance at a line whether it may be one of certain events, or of any."""

    def __init__(self, events: Collection[str]) -> None:
        self._signs = tuple(f'"event":"{event}"'.encode() for event in events)

    def may_be(self, line: bytes) -> bool:
        """Tell it; most lines that are not asked for need not be parsed."""
        return not self._signs or any(sign in line for sign in self._signs)


def _line(event: Event) -> bytes:
    entry = {"event": name_of(event), **facts_of(event)}
    try:
        return orjson.dumps(entry)
    except TypeError:  # a text that is no UTF-8, or a number beyond 64 bits
        return json.dumps(entry, default=str, separators=(",", ":")).encode()
