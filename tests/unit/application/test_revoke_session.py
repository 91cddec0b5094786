import asyncio

import pytest

from adapters.memory.control import MemoryControl
from application.control_ports import SessionControl
from application.look_up_session import LookUpSession
from application.ports import StoreUnavailable
from application.revoke_session import RevokeRequest, RevokeSession
from domain.client import Caller, Client
from domain.errors import SessionNotFound
from domain.events import Event, GrantRevoked, SessionRevoked
from domain.grant import Granting
from domain.listing import Ended
from domain.opening import Opening
from domain.refusal import Refusal, Refused
from domain.session_id import Digest
from tests.unit.application.fakes import (
    REMOTE,
    START,
    AwayControl,
    Directory,
    RecordingSink,
    SteppedClock,
    WatchedSessions,
)

PORTAL, OTHER = Client(name="portal"), Client(name="other")
OWN, ADMIN = Caller(PORTAL), Caller(is_admin=True)
DIGEST = Digest.of("a session")
GRANTING = Granting(token=Digest.of("token"), ttl_ms=90_000, idle_ms=90_000)


class Counter:
    """The use case over fakes, with one session open."""

    def __init__(self, control: SessionControl | None = None) -> None:
        self.clock = SteppedClock()
        self.sink = RecordingSink()
        self.sessions = WatchedSessions(self.clock).inner
        directory = Directory(OTHER, PORTAL)
        look_up = LookUpSession(control or MemoryControl(self.sessions), directory)
        grants = self.sessions.grants
        self.use_case = RevokeSession(look_up, self.sessions, grants, self.sink, self.clock)
        opening = Opening(client="portal", digest=DIGEST, ttl_ms=60_000, cap=1)
        asyncio.run(self.sessions.create(opening))

    def redeem(self) -> None:
        asyncio.run(self.sessions.redeem("portal", DIGEST, granting=GRANTING))

    def revoke(self, caller: Caller = OWN) -> Ended:
        request = RevokeRequest(caller=caller, fingerprint=DIGEST.fingerprint, remote=REMOTE)
        return asyncio.run(self.use_case.execute(request))


def told(kind: type[Event]) -> Event:
    return kind(at=START, remote=REMOTE, client="portal", fingerprint=DIGEST.fingerprint)


@pytest.mark.parametrize("caller", [OWN, ADMIN], ids=["its client", "an admin"])
def test_an_active_session_is_revoked_and_told_of_by_its_fingerprint(caller: Caller) -> None:
    counter = Counter()
    assert counter.revoke(caller) == Ended(sessions=1)
    assert counter.sink.events == [told(SessionRevoked)]
    with pytest.raises(Refused) as refused:
        counter.redeem()
    assert refused.value.reason is Refusal.REVOKED


@pytest.mark.parametrize("caller", [OWN, ADMIN], ids=["its client", "an admin"])
def test_of_a_used_session_the_grant_is_revoked_and_told_of(caller: Caller) -> None:
    counter = Counter()
    counter.redeem()
    assert counter.revoke(caller) == Ended(grants=1)
    assert counter.sink.events == [told(GrantRevoked)]
    with pytest.raises(Refused):
        asyncio.run(counter.sessions.grants.use("portal", (DIGEST, GRANTING.token)))


@pytest.mark.parametrize("how", ["revoked", "used", "expired"])
def test_of_one_that_has_ended_nothing_is_revoked_and_nothing_told(how: str) -> None:
    counter = Counter()
    if how == "expired":
        counter.clock.step(60_000)
    else:
        if how == "used":
            counter.redeem()
        counter.revoke()
    counter.sink.events.clear()
    assert counter.revoke() == Ended()
    assert counter.sink.events == []


def test_another_clients_session_is_not_found_and_stays() -> None:
    counter = Counter()
    with pytest.raises(SessionNotFound):
        counter.revoke(Caller(OTHER))
    assert counter.sink.events == []
    counter.redeem()


def test_nothing_is_told_as_revoked_when_the_store_is_away() -> None:
    counter = Counter(AwayControl())
    with pytest.raises(StoreUnavailable):
        counter.revoke()
    assert counter.sink.events == []
