import asyncio

import pytest

from application.ports import SessionRepository, StoreUnavailable
from application.revoke_session import RevokeRequest, RevokeSession
from domain.client import Client
from domain.events import SessionRevoked
from domain.opening import Opening
from domain.refusal import Refusal, Refused
from domain.session import Session, Standing
from domain.session_id import Digest
from tests.unit.application.fakes import (
    REMOTE,
    START,
    AwaySessions,
    RecordingSink,
    SteppedClock,
    WatchedSessions,
)

PORTAL = Client(name="portal")
DIGEST = Digest.of("a session")


class Counter:
    """The use case over fakes, with one session open."""

    def __init__(self, sessions: SessionRepository | None = None) -> None:
        self.clock = SteppedClock()
        self.sink = RecordingSink()
        self.sessions = WatchedSessions(self.clock).inner
        self.use_case = RevokeSession(sessions or self.sessions, self.sink, self.clock)
        asyncio.run(
            self.sessions.create(Opening(client="portal", digest=DIGEST, ttl_ms=60_000, cap=1))
        )

    def revoke(self, digest: Digest = DIGEST, client: Client = PORTAL) -> Session:
        request = RevokeRequest(client=client, digest=digest, remote=REMOTE)
        return asyncio.run(self.use_case.execute(request))

    def refusal(self, digest: Digest = DIGEST, client: Client = PORTAL) -> Refusal:
        with pytest.raises(Refused) as refused:
            self.revoke(digest, client)
        return refused.value.reason


def test_an_active_session_is_revoked_and_told_of_by_its_fingerprint() -> None:
    counter = Counter()
    assert counter.revoke().ended is Standing.REVOKED
    assert counter.sink.events == [
        SessionRevoked(at=START, remote=REMOTE, client="portal", fingerprint=DIGEST.fingerprint)
    ]


def test_a_revoked_session_cannot_be_redeemed_or_revoked_again() -> None:
    counter = Counter()
    counter.revoke()
    assert counter.refusal() is Refusal.REVOKED
    with pytest.raises(Refused) as refused:
        asyncio.run(counter.sessions.redeem("portal", DIGEST))
    assert refused.value.reason is Refusal.REVOKED
    assert len(counter.sink.events) == 1


def test_a_used_session_cannot_be_revoked() -> None:
    counter = Counter()
    asyncio.run(counter.sessions.redeem("portal", DIGEST))
    assert counter.refusal() is Refusal.USED
    assert counter.sink.events == []


@pytest.mark.parametrize(
    ("age_ms", "reason"), [(60_000, Refusal.EXPIRED), (60_000 + 3_600_000, Refusal.UNKNOWN)]
)
def test_a_session_past_its_expiry_cannot_be_revoked(age_ms: int, reason: Refusal) -> None:
    counter = Counter()
    counter.clock.step(age_ms)
    assert counter.refusal() is reason
    assert counter.sink.events == []


def test_another_clients_session_cannot_be_revoked() -> None:
    counter = Counter()
    assert counter.refusal(client=Client(name="other")) is Refusal.UNKNOWN
    assert counter.sink.events == []
    assert counter.revoke().ended is Standing.REVOKED


def test_nothing_is_told_as_revoked_when_the_store_is_away() -> None:
    counter = Counter(sessions=AwaySessions())
    with pytest.raises(StoreUnavailable):
        counter.revoke()
    assert counter.sink.events == []
