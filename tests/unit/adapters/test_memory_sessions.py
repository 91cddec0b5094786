"""What the memory store alone promises; the contract suite holds it to what all do."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

import pytest

from adapters.memory.health import MemoryHealth
from adapters.memory.sessions import MemorySessions
from domain.errors import CapReached
from domain.figures import CleanUp, Figures
from domain.opening import Opened, Opening
from domain.payload import Payload
from domain.refusal import Refusal, Refused
from domain.session import REMEMBERED_MS, Session
from domain.session_id import Digest
from tests.unit.application.fakes import SteppedClock

TTL_MS = 60_000

T = TypeVar("T")


class Store:
    """A memory store, run from plain functions."""

    def __init__(self, most_remembered: int = 100) -> None:
        self.clock = SteppedClock()
        self.sessions = MemorySessions(self.clock, most_remembered=most_remembered)

    def run(self, operation: Coroutine[object, object, T]) -> T:
        return asyncio.run(operation)

    def create(self, name: str, cap: int = 100, ttl_ms: int = TTL_MS) -> Session:
        digest = Digest.of(name)
        return self.run(
            self.sessions.create(
                Opening(
                    client="portal", digest=digest, ttl_ms=ttl_ms, cap=cap, payload=Payload("ana")
                )
            )
        ).session

    def redeem(self, name: str) -> Session:
        return self.run(self.sessions.redeem("portal", Digest.of(name)))

    def refusal(self, name: str) -> Refusal:
        with pytest.raises(Refused) as refused:
            self.redeem(name)
        return refused.value.reason

    def known(self) -> list[Session]:
        return list(self.sessions._clients["portal"]._known.values())


def test_no_operation_gives_way_to_another_in_the_middle() -> None:
    store = Store()
    create = store.sessions.create(Opening(client="a", digest=Digest.of("b"), ttl_ms=1, cap=1))
    with pytest.raises(StopIteration) as finished:
        create.send(None)  # runs to its end without an event loop: it awaits nothing
    assert isinstance(finished.value.value, Opened)


def test_of_many_creates_at_once_as_many_win_as_there_are_places() -> None:
    store = Store()

    async def race() -> list[Opened | BaseException]:
        return await asyncio.gather(
            *(
                store.sessions.create(
                    Opening(client="a", digest=Digest.of(str(number)), ttl_ms=TTL_MS, cap=7)
                )
                for number in range(20)
            ),
            return_exceptions=True,
        )

    results = store.run(race())
    assert sum(isinstance(result, Opened) for result in results) == 7
    assert sum(isinstance(result, CapReached) for result in results) == 13


def test_a_full_store_says_when_the_next_place_is_free() -> None:
    store = Store()
    store.create("late", ttl_ms=9_000)
    store.create("soon", ttl_ms=5_000)
    store.clock.step(1_000)
    with pytest.raises(CapReached) as full:
        store.create("another", cap=2)
    assert full.value.retry_after_ms == 4_000


def test_a_used_session_no_longer_holds_what_it_carried() -> None:
    store = Store()
    store.create("a")
    assert store.redeem("a").payload == Payload("ana")
    assert [session.payload for session in store.known()] == [Payload()]


def test_nothing_stays_when_all_has_been_forgotten() -> None:
    store = Store()
    for name in ("used", "expired"):
        store.create(name)
    store.redeem("used")
    store.clock.step(TTL_MS + REMEMBERED_MS - 1)
    store.run(store.sessions.figures("portal"))
    assert len(store.known()) == 2
    store.clock.step(1)
    store.run(store.sessions.figures("portal"))
    assert store.known() == []


def test_beyond_the_most_remembered_those_that_expire_first_are_forgotten() -> None:
    store = Store(most_remembered=2)
    for name, ttl_ms in (("b", 2_000), ("a", 1_000), ("c", 3_000)):
        store.create(name, ttl_ms=ttl_ms)
        store.redeem(name)
    assert [store.refusal(name) for name in "abc"] == [
        Refusal.UNKNOWN,
        Refusal.USED,
        Refusal.USED,
    ]
    assert store.run(store.sessions.figures("portal")) == Figures(used=2, created=3, redeemed=3)


def test_another_incarnation_makes_open_sessions_stale_and_frees_their_places() -> None:
    store = Store()
    store.create("before", cap=1)
    store.sessions.incarnation = "after a failover"
    assert store.create("after", cap=1).incarnation == "after a failover"
    assert store.refusal("before") is Refusal.STALE
    assert store.redeem("after").client == "portal"


def test_a_stale_session_that_has_expired_is_expired() -> None:
    store = Store()
    store.create("a")
    store.sessions.incarnation = "after a failover"
    store.clock.step(TTL_MS - 1)
    assert store.refusal("a") is Refusal.STALE
    store.clock.step(1)
    assert store.refusal("a") is Refusal.EXPIRED


def test_stale_sessions_go_with_the_clean_up_after_their_expiry() -> None:
    store = Store()
    store.create("a")
    store.sessions.incarnation = "after a failover"
    clean_up = store.sessions.clean_up
    assert store.run(clean_up("portal")) == CleanUp(removed=0, remaining=0)
    store.clock.step(TTL_MS)
    assert store.run(clean_up("portal")) == CleanUp(removed=1, remaining=0)


def test_memory_is_never_away() -> None:
    asyncio.run(MemoryHealth().check())  # does not raise
