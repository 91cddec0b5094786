import re
from typing import Any

import pytest
from attrs import asdict, fields, fields_dict
from attrs.exceptions import FrozenInstanceError

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

COMMON: dict[str, Any] = {"at": 1, "remote": "192.0.2.1"}
OWN: dict[type[Event], dict[str, Any]] = {
    SessionCreated: {},
    CreateRepeated: {},
    BatchCreated: {"count": 2, "fingerprints": "a b"},
    BatchRepeated: {"count": 2, "fingerprints": "a b"},
    CreateConflicted: {"problem": "spent"},
    CreateRefused: {"cap": 1},
    RateLimitReached: {"limited": "redeem", "region": "PT"},
    SessionRedeemed: {"region": "PT", "granted": True},
    RedeemRefused: {"reason": Refusal.EXPIRED, "region": "PT"},
    ReplayAttempted: {"reason": Refusal.USED, "region": "PT"},
    GrantRefused: {"reason": Refusal.EXPIRED, "region": "PT"},
    SessionRevoked: {},
    GrantRevoked: {},
    SessionsRevoked: {"scope": "all", "sessions": 2, "grants": 1, "complete": True},
    SessionsCleanedUp: {"removed": 1},
    KeyRejected: {},
}
EACH = pytest.mark.parametrize(("kind", "own"), OWN.items(), ids=[kind.__name__ for kind in OWN])


def test_these_are_all_the_events() -> None:
    found = {thing for thing in vars(events).values() if isinstance(thing, type)}
    assert {thing for thing in found if issubclass(thing, Event)} - {Event} == set(OWN)


@EACH
def test_an_event_says_when_and_from_where(kind: type[Event], own: dict[str, Any]) -> None:
    event = kind(**COMMON, **own)
    assert (event.at, event.remote) == (1, "192.0.2.1")
    for name, value in own.items():
        assert getattr(event, name) == value


@EACH
def test_an_event_names_no_client_and_no_session_unless_told(
    kind: type[Event], own: dict[str, Any]
) -> None:
    event = kind(**COMMON, **own)
    assert (event.client, event.fingerprint) == (None, None)


@pytest.mark.parametrize("kind", [kind for kind in OWN if "region" in OWN[kind]])
def test_an_event_names_no_country_unless_told(kind: type[Event]) -> None:
    own = {name: value for name, value in OWN[kind].items() if name != "region"}
    assert asdict(kind(**COMMON, **own))["region"] is None


@EACH
@pytest.mark.parametrize("missing", ["at", "remote"])
def test_an_event_without_time_or_place_cannot_be_made(
    kind: type[Event], own: dict[str, Any], missing: str
) -> None:
    facts = {**COMMON, **own}
    del facts[missing]
    with pytest.raises(TypeError, match=missing):
        kind(**facts)


@EACH
def test_an_event_has_no_place_for_an_id_or_a_key(kind: type[Event], own: dict[str, Any]) -> None:
    names = {field.name for field in fields(kind)}
    assert names == {"at", "remote", "client", "fingerprint"} | own.keys()
    assert not any(re.search(r"session_id|key|secret|digest", name) for name in fields_dict(kind))


@EACH
def test_an_event_cannot_be_changed(kind: type[Event], own: dict[str, Any]) -> None:
    event = kind(**COMMON, **own)
    with pytest.raises(FrozenInstanceError):
        setattr(event, "at", 2)  # noqa: B010 mypy knows it better
