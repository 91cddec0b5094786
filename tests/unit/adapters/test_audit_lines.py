import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import attrs
import pytest

from adapters.fanout import Fanout
from domain import events
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
from domain.refusal import Refusal
from domain.session_id import SessionId
from entrypoints.audit_lines import tell
from entrypoints.logs import configure_logs
from tests.unit.logging_kept import logging_kept

SESSION_ID = SessionId.compose("0123abcd", b"s" * 24)
FINGERPRINT = SESSION_ID.digest.fingerprint
AT, REMOTE = 1_700_000_000_000, "192.0.2.7"
PLACE: dict[str, Any] = {"at": AT, "remote": REMOTE}
SESSION: dict[str, Any] = {**PLACE, "client": "portal", "fingerprint": FINGERPRINT}

LINES: list[tuple[Event, str, dict[str, object]]] = [
    (SessionCreated(**SESSION), "session_created", SESSION),
    (
        BatchCreated(**PLACE, client="portal", count=1, fingerprints=FINGERPRINT),
        "batch_created",
        {**PLACE, "client": "portal", "count": 1, "fingerprints": FINGERPRINT},
    ),
    (
        BatchRepeated(**PLACE, client="portal", count=1, fingerprints=FINGERPRINT),
        "batch_repeated",
        {**PLACE, "client": "portal", "count": 1, "fingerprints": FINGERPRINT},
    ),
    (
        CreateRefused(**PLACE, client="portal", cap=7),
        "create_refused",
        {**PLACE, "client": "portal", "cap": 7},
    ),
    (
        CreateConflicted(**PLACE, client="portal", problem="spent"),
        "create_conflicted",
        {**PLACE, "client": "portal", "problem": "spent"},
    ),
    (CreateRepeated(**SESSION), "create_repeated", SESSION),
    (
        RateLimitReached(**PLACE, client="portal", limited="create"),
        "rate_limit_reached",
        {**PLACE, "client": "portal", "limited": "create"},
    ),
    (SessionRedeemed(**SESSION), "session_redeemed", SESSION),
    (
        RedeemRefused(**SESSION, reason=Refusal.STALE),
        "redeem_refused",
        {**SESSION, "reason": "stale"},
    ),
    (
        ReplayAttempted(**SESSION, reason=Refusal.USED),
        "replay_attempted",
        {**SESSION, "reason": "used"},
    ),
    (
        GrantRefused(**SESSION, reason=Refusal.EXPIRED),
        "grant_refused",
        {**SESSION, "reason": "expired"},
    ),
    (SessionRevoked(**SESSION), "session_revoked", SESSION),
    (GrantRevoked(**SESSION), "grant_revoked", SESSION),
    (
        SessionsRevoked(**PLACE, scope="all", sessions=2, grants=0, complete=False),
        "sessions_revoked",
        {**PLACE, "scope": "all", "sessions": 2, "grants": 0, "complete": False},
    ),
    (SessionsCleanedUp(**PLACE, removed=0), "sessions_cleaned_up", {**PLACE, "removed": 0}),
    (KeyRejected(**PLACE), "key_rejected", PLACE),
]
EACH = pytest.mark.parametrize(
    ("event", "name", "fields"), LINES, ids=[name for _, name, _ in LINES]
)


@pytest.fixture
def stream() -> Iterator[StringIO]:
    """The server's log, as it is configured when it runs."""
    lines = StringIO()
    with logging_kept():
        configure_logs("INFO", lines)
        yield lines


def emitted(event: Event) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    Fanout(lambda told: lines.append(json.loads(told()))).emit(event)
    return lines


def test_every_event_there_is_stands_in_the_table_above() -> None:
    found = {thing for thing in vars(events).values() if isinstance(thing, type)}
    kinds = {thing for thing in found if issubclass(thing, Event) and thing is not Event}
    assert kinds == {type(event) for event, _, _ in LINES}


@EACH
def test_an_event_is_one_line_with_every_field_it_has(
    event: Event, name: str, fields: dict[str, object]
) -> None:
    assert emitted(event) == [{"event": name, **fields}]


@EACH
def test_a_line_of_the_running_server_is_json_with_the_same_fields(
    stream: StringIO, event: Event, name: str, fields: dict[str, object]
) -> None:
    Fanout(tell).emit(event)
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert told.pop("timestamp").endswith("Z")
    assert told == {"event": name, "logger": "framegate.audit", "level": "info", **fields}


@pytest.mark.parametrize("reason", Refusal, ids=lambda reason: reason.value)
def test_every_reason_is_written_as_its_word(reason: Refusal) -> None:
    (line,) = emitted(RedeemRefused(**SESSION, reason=reason))
    assert line["reason"] == reason.value


@EACH
def test_no_line_has_an_id_in_it(event: Event, name: str, fields: dict[str, object]) -> None:
    del fields
    (line,) = emitted(event)
    assert line["event"] == name
    assert "fgs_" not in repr(line)
    assert SESSION_ID.digest.raw.hex() not in repr(line)


def test_facts_that_are_zero_are_told_and_facts_that_are_not_known_are_not() -> None:
    (line,) = emitted(SessionsCleanedUp(at=0, remote="", removed=0))
    assert (line["at"], line["remote"], line["removed"]) == (0, "", 0)
    assert {"client", "fingerprint"}.isdisjoint(line)


def test_an_id_that_came_as_the_callers_address_is_cut_out(stream: StringIO) -> None:
    Fanout(tell).emit(attrs.evolve(KeyRejected(**PLACE), remote=SESSION_ID.text))
    assert '"remote":"fgs_0123abcd_[redacted]"' in stream.getvalue()
    assert SESSION_ID.text not in stream.getvalue()
