import asyncio

import pytest

from application.clean_up import CleanUpSessions
from application.ports import SessionRepository, StoreUnavailable
from domain.client import Client
from domain.events import SessionsCleanedUp
from domain.figures import CleanUp
from domain.opening import Opening
from domain.refusal import Refusal, Refused
from domain.session_id import Digest
from tests.unit.application.fakes import (
    REMOTE,
    START,
    AwaySessions,
    Directory,
    RecordingSink,
    SteppedClock,
    WatchedSessions,
)

CLIENTS = (Client(name="other"), Client(name="portal"))
SHORT_MS, LONG_MS = 1_000, 60_000


class Broom:
    """The use case over fakes: for each of two clients, two short sessions and two long ones.

    One of either kind is used.
    """

    def __init__(self, sessions: SessionRepository | None = None) -> None:
        self.clock = SteppedClock()
        self.sink = RecordingSink()
        self.watched = WatchedSessions(self.clock)
        asyncio.run(self._fill())
        self.watched.asked.clear()
        self.use_case = CleanUpSessions(
            sessions or self.watched, Directory(*CLIENTS), self.sink, self.clock
        )

    async def _fill(self) -> None:
        for client in CLIENTS:
            for name, ttl_ms in (("short", SHORT_MS), ("long", LONG_MS)):
                for number in range(2):
                    digest = Digest.of(f"{client.name} {name} {number}")
                    await self.watched.create(
                        Opening(client=client.name, digest=digest, ttl_ms=ttl_ms, cap=10)
                    )
                await self.watched.redeem(client.name, Digest.of(f"{client.name} {name} 0"))

    def sweep(self) -> CleanUp:
        return asyncio.run(self.use_case.execute(remote=REMOTE))

    def refusal(self, name: str) -> Refusal:
        with pytest.raises(Refused) as refused:
            asyncio.run(self.watched.inner.redeem("portal", Digest.of(name)))
        return refused.value.reason


def test_what_has_expired_goes_and_what_is_used_stays_until_its_time() -> None:
    broom = Broom()
    broom.clock.step(SHORT_MS)
    assert broom.sweep() == CleanUp(removed=4, remaining=4)
    assert broom.refusal("portal short 0") is Refusal.UNKNOWN
    assert broom.refusal("portal short 1") is Refusal.UNKNOWN
    assert broom.refusal("portal long 0") is Refusal.USED


def test_nothing_goes_before_its_time() -> None:
    broom = Broom()
    broom.clock.step(SHORT_MS - 1)
    assert broom.sweep() == CleanUp(removed=0, remaining=8)


def test_a_second_sweep_finds_nothing() -> None:
    broom = Broom()
    broom.clock.step(LONG_MS)
    assert broom.sweep() == CleanUp(removed=8, remaining=0)
    assert broom.sweep() == CleanUp(removed=0, remaining=0)


def test_every_client_is_swept_once() -> None:
    broom = Broom()
    broom.sweep()
    assert broom.watched.asked == [("clean_up", "other"), ("clean_up", "portal")]


def test_one_event_tells_how_many_went_in_all() -> None:
    broom = Broom()
    broom.clock.step(SHORT_MS)
    broom.sweep()
    assert broom.sink.events == [SessionsCleanedUp(at=START + SHORT_MS, remote=REMOTE, removed=4)]


def test_a_sweep_that_found_nothing_is_told_of_too() -> None:
    broom = Broom()
    broom.sweep()
    assert broom.sink.events == [SessionsCleanedUp(at=START, remote=REMOTE, removed=0)]


def test_nothing_is_told_when_the_store_is_away() -> None:
    broom = Broom(sessions=AwaySessions())
    with pytest.raises(StoreUnavailable):
        broom.sweep()
    assert broom.sink.events == []
