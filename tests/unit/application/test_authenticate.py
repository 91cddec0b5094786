import pytest

from application.authenticate import Authenticate, KeyRejected
from domain import events
from domain.client import Caller, Client
from domain.errors import FramegateError
from tests.unit.application.fakes import REMOTE, START, Directory, RecordingSink, SteppedClock

PORTAL = Client(name="portal")
CLIENT_KEY, ADMIN_KEY, DEMO_KEY = "the portal's key", "the operator's key", "the demo's key"


class Gate:
    """The use case over fakes."""

    def __init__(self) -> None:
        callers = {
            CLIENT_KEY: Caller(PORTAL),
            ADMIN_KEY: Caller(is_admin=True),
            DEMO_KEY: Caller(PORTAL, is_admin=True),
        }
        self.sink = RecordingSink()
        directory = Directory(PORTAL, keys=callers)
        self.authenticate = Authenticate(directory, self.sink, SteppedClock())


@pytest.fixture
def gate() -> Gate:
    return Gate()


METHODS = pytest.mark.parametrize("method", ["execute", "client", "admin"])


def rejection_of(gate: Gate, method: str, key: str | None) -> str:
    with pytest.raises(KeyRejected) as rejected:
        getattr(gate.authenticate, method)(key, remote=REMOTE)
    return rejected.value.problem


@METHODS
def test_whoever_brings_no_key_is_told_that_it_is_missing(gate: Gate, method: str) -> None:
    assert rejection_of(gate, method, None) == "missing"
    assert gate.sink.events == [events.KeyRejected(at=START, remote=REMOTE)]


@METHODS
@pytest.mark.parametrize("key", ["", "another key", CLIENT_KEY + " ", CLIENT_KEY.upper(), "\xff"])
def test_an_unknown_key_is_rejected(gate: Gate, method: str, key: str) -> None:
    assert rejection_of(gate, method, key) == "unknown"
    assert gate.sink.events == [events.KeyRejected(at=START, remote=REMOTE)]


def test_a_clients_key_tells_the_client(gate: Gate) -> None:
    assert gate.authenticate.execute(CLIENT_KEY, remote=REMOTE) == Caller(PORTAL)
    assert gate.authenticate.client(CLIENT_KEY, remote=REMOTE) is PORTAL
    assert gate.sink.events == []


def test_an_admins_key_tells_an_admin(gate: Gate) -> None:
    assert gate.authenticate.execute(ADMIN_KEY, remote=REMOTE) == Caller(is_admin=True)
    gate.authenticate.admin(ADMIN_KEY, remote=REMOTE)  # does not raise
    assert gate.sink.events == []


def test_an_admins_key_is_of_the_wrong_kind_for_a_client(gate: Gate) -> None:
    assert rejection_of(gate, "client", ADMIN_KEY) == "wrong_kind"
    assert gate.sink.events == [events.KeyRejected(at=START, remote=REMOTE)]


def test_a_clients_key_is_of_the_wrong_kind_for_an_admin_and_the_event_names_it(
    gate: Gate,
) -> None:
    assert rejection_of(gate, "admin", CLIENT_KEY) == "wrong_kind"
    assert gate.sink.events == [events.KeyRejected(at=START, remote=REMOTE, client="portal")]


def test_a_demo_caller_is_both(gate: Gate) -> None:
    assert gate.authenticate.client(DEMO_KEY, remote=REMOTE) is PORTAL
    gate.authenticate.admin(DEMO_KEY, remote=REMOTE)  # does not raise
    assert gate.sink.events == []


def test_each_rejection_is_one_event(gate: Gate) -> None:
    for _ in range(3):
        rejection_of(gate, "client", "another key")
    assert len(gate.sink.events) == 3


@METHODS
def test_neither_the_error_nor_the_event_repeats_the_key(gate: Gate, method: str) -> None:
    key = "fgk_nearly-right"
    with pytest.raises(KeyRejected) as rejected:
        getattr(gate.authenticate, method)(key, remote=REMOTE)
    assert key not in f"{rejected.value!r} {rejected.value} {gate.sink.events!r}"


def test_a_rejection_is_one_of_framegates_errors() -> None:
    cause = KeyError()
    with pytest.raises(FramegateError) as rejected:
        raise KeyRejected("missing") from cause
    assert rejected.value.__cause__ is cause
