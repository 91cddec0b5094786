"""An adapter that forgets a method fails when it is made, not when it is asked."""

import inspect
from typing import Any

import pytest

from application.alert_ports import AlertSink
from application.audit_ports import AuditTrail
from application.control_ports import SessionControl
from application.ports import (
    ClientDirectory,
    Clock,
    EventSink,
    Randomness,
    RegionResolver,
    SessionRepository,
    StoreHealth,
    StoreInspection,
    StoreUnavailable,
)
from domain.errors import FramegateError
from tests.unit.application.fakes import (
    AwayControl,
    AwaySessions,
    AwayTrail,
    CountingRandomness,
    Directory,
    Health,
    Inspection,
    Pager,
    RecordingSink,
    Regions,
    SteppedClock,
)

FAKES: dict[type, type] = {
    SessionRepository: AwaySessions,
    SessionControl: AwayControl,
    StoreHealth: Health,
    StoreInspection: Inspection,
    ClientDirectory: Directory,
    RegionResolver: Regions,
    EventSink: RecordingSink,
    AuditTrail: AwayTrail,
    AlertSink: Pager,
    Clock: SteppedClock,
    Randomness: CountingRandomness,
}


def methods_of(port: type) -> list[str]:
    return [name for name, _ in inspect.getmembers(port, inspect.isfunction) if name[0] != "_"]


METHODS = [(port, name) for port in FAKES for name in methods_of(port)]


@pytest.mark.parametrize("port", FAKES, ids=lambda port: port.__name__)
def test_a_whole_adapter_can_be_made(port: type) -> None:
    assert port in type(FAKES[port]()).__mro__


@pytest.mark.parametrize(
    ("port", "missing"), METHODS, ids=[f"{port.__name__}.{name}" for port, name in METHODS]
)
def test_an_adapter_that_lacks_a_method_cannot_be_made(port: type, missing: str) -> None:
    present: dict[str, Any] = {
        name: getattr(FAKES[port], name) for name in methods_of(port) if name != missing
    }
    partial = type("Partial", (port,), present)
    with pytest.raises(TypeError, match=missing):
        partial()


def test_a_store_that_is_away_says_what_was_seen() -> None:
    cause = ConnectionResetError()
    with pytest.raises(FramegateError) as raised:
        raise StoreUnavailable("connection reset") from cause
    assert isinstance(raised.value, StoreUnavailable)
    assert raised.value.problem == "connection reset"
    assert raised.value.__cause__ is cause
