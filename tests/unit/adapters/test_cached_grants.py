import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

import pytest

from adapters.cached_grants import CachedGrants
from adapters.memory.grants import MemoryGrants
from application.ports import GrantRepository, StoreUnavailable
from domain.attempt import Attempt
from domain.grant import Grant, Granting, Shown
from domain.payload import Payload
from domain.refusal import Refused
from domain.session_id import Digest
from tests.support.worlds import SteppedClock

SECONDS = 2.0
TOKEN, OTHER = Digest.of("token"), Digest.of("another token")

T = TypeVar("T")


class Asked(GrantRepository):
    """A store that counts what it is asked, and answers when it may."""

    def __init__(self) -> None:
        self.clock = SteppedClock()
        self.grants = MemoryGrants(self.clock)
        self.times = 0
        self.away = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def use(self, client: str, *shown: Shown) -> Grant:
        self.times += 1
        await self.may_answer.wait()
        if self.away:
            raise StoreUnavailable("timeout")
        return await self.grants.use(client, *shown)

    async def count_refusal(self, client: str, attempt: Attempt) -> None:
        await self.grants.count_refusal(client, attempt)

    async def replace(self, client: str, session: Digest, token: Digest) -> Grant:
        return await self.grants.replace(client, session, token)

    async def revoke(self, client: str, session: Digest) -> bool:
        return await self.grants.revoke(client, session)


class Cache:
    """The cache before such a store, and a time that is stepped."""

    def __init__(self, most_kept: int = 10) -> None:
        self.time = 100.0
        self.store = Asked()
        self.grants = CachedGrants(self.store, SECONDS, most_kept=most_kept, now=lambda: self.time)

    def given(self, name: str) -> Digest:
        session, now = Digest.of(name), self.store.clock.now()
        granting = Granting(token=TOKEN, ttl_ms=60_000, idle_ms=60_000)
        self.store.grants.give(granting.grant("portal", session, Payload(name), now), now)
        return session

    async def use(self, session: Digest, token: Digest = TOKEN, client: str = "portal") -> Grant:
        return await self.grants.use(client, (session, token))


def run(operation: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(operation)


async def refused(operation: Awaitable[object]) -> None:
    with pytest.raises(Refused):
        await operation


def test_the_store_is_asked_again_after_so_many_seconds_and_not_before() -> None:
    async def go() -> None:
        cache = Cache()
        session = cache.given("a")
        for time, asked in [(100.0, 1), (101.9, 1), (102.0, 2), (103.9, 2), (104.0, 3)]:
            cache.time = time
            assert (await cache.use(session)).payload == Payload("a")
            assert cache.store.times == asked

    run(go())


def test_what_is_revoked_elsewhere_holds_no_longer_than_that() -> None:
    async def go() -> None:
        cache = Cache()
        session = cache.given("a")
        await cache.use(session)
        await cache.store.revoke("portal", session)
        cache.time += SECONDS - 0.001
        await cache.use(session)
        cache.time += 0.001
        await refused(cache.use(session))

    run(go())


def test_the_time_counts_from_when_the_store_was_asked() -> None:
    async def go() -> None:
        cache = Cache()
        session = cache.given("a")
        cache.store.may_answer.clear()
        waiting = asyncio.ensure_future(cache.use(session))
        await asyncio.sleep(0)
        cache.time += SECONDS
        cache.store.may_answer.set()
        await waiting
        await cache.use(session)
        assert cache.store.times == 2

    run(go())


def test_what_is_revoked_here_ends_at_once() -> None:
    async def go() -> None:
        cache = Cache()
        session, neighbour = cache.given("a"), cache.given("b")
        await cache.use(session)
        await cache.use(neighbour)
        assert await cache.grants.revoke("portal", session)
        await refused(cache.use(session))
        await cache.use(neighbour)
        assert cache.store.times == 3

    run(go())


def test_what_is_replaced_here_ends_when_its_grace_does() -> None:
    async def go() -> None:
        cache = Cache()
        session = cache.given("a")
        await cache.use(session)
        replaced = await cache.grants.replace("portal", session, TOKEN)
        assert (await cache.use(session)).ends_at == replaced.ends_at
        assert cache.store.times == 2

    run(go())


def test_another_token_another_session_and_another_client_are_asked_for_themselves() -> None:
    async def go() -> None:
        cache = Cache()
        session = cache.given("a")
        await cache.use(session)
        await refused(cache.use(session, OTHER))
        await refused(cache.use(Digest.of("b")))
        await refused(cache.use(session, client="other"))
        assert cache.store.times == 4

    run(go())


def test_refusals_are_not_kept() -> None:
    async def go() -> None:
        cache = Cache()
        await refused(cache.use(Digest.of("a")))
        session = cache.given("a")
        await cache.use(session)

    run(go())


def test_a_store_that_is_away_is_asked_again_as_soon_as_somebody_wants_to_know() -> None:
    async def go() -> None:
        cache = Cache()
        session = cache.given("a")
        cache.store.away = True
        with pytest.raises(StoreUnavailable):
            await cache.use(session)
        cache.store.away = False
        await cache.use(session)

    run(go())


def test_all_who_ask_meanwhile_wait_for_one_answer() -> None:
    async def go() -> None:
        cache = Cache()
        session = cache.given("a")
        answers = await asyncio.gather(*[cache.use(session) for _ in range(20)])
        assert len(set(map(id, answers))) == 1
        assert cache.store.times == 1

    run(go())


def test_who_gives_up_takes_the_answer_from_nobody_else() -> None:
    async def go() -> None:
        cache = Cache()
        session = cache.given("a")
        cache.store.may_answer.clear()
        first, second = (asyncio.ensure_future(cache.use(session)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        cache.store.may_answer.set()
        assert (await second).session == session

    run(go())


def test_no_more_are_kept_than_may_be() -> None:
    async def go() -> None:
        cache = Cache(most_kept=2)
        sessions = [cache.given(name) for name in "abc"]
        for session in sessions:
            await cache.use(session)
        await cache.use(sessions[2])
        await cache.use(sessions[1])
        assert cache.store.times == 3
        await cache.use(sessions[0])
        assert cache.store.times == 4

    run(go())


@pytest.mark.parametrize(
    ("client", "sessions", "asked_again"),
    [
        ("portal", {"a"}, ["a"]),
        ("portal", {"a", "c", "nobody's"}, ["a", "c"]),
        ("portal", None, ["a", "b", "c"]),
        ("other", None, []),
        ("other", {"a"}, []),
        (None, None, ["a", "b", "c"]),
    ],
)
def test_what_is_to_be_forgotten_is_asked_for_again_and_nothing_else(
    client: str | None, sessions: set[str] | None, asked_again: list[str]
) -> None:
    async def go() -> None:
        cache = Cache()
        given = {name: cache.given(name) for name in "abc"}
        for session in given.values():
            await cache.use(session)
        wanted = None if sessions is None else {Digest.of(name) for name in sessions}
        cache.grants.forget(client, wanted)
        asked = []
        for name, session in given.items():
            before = cache.store.times
            await cache.use(session)
            asked += [name] * (cache.store.times - before)
        assert asked == asked_again

    run(go())


def test_what_is_shown_among_others_is_forgotten_as_well() -> None:
    async def go() -> None:
        cache = Cache()
        shown = [(Digest.of("made up"), OTHER), (cache.given("a"), TOKEN)]
        for _ in range(2):
            assert (await cache.grants.use("portal", *shown)).payload == Payload("a")
        assert cache.store.times == 1
        await cache.grants.revoke("portal", shown[1][0])
        await refused(cache.grants.use("portal", *shown))

    run(go())


def test_an_answer_from_before_a_revocation_that_comes_after_it_is_not_kept() -> None:
    async def go() -> None:
        cache = Cache()
        session = cache.given("a")
        asked, may_answer = asyncio.Event(), asyncio.Event()

        async def use_slowly(client: str, *shown: Shown) -> Grant:
            grant = await cache.store.grants.use(client, *shown)
            asked.set()
            await may_answer.wait()
            return grant

        cache.store.use = use_slowly  # type: ignore[method-assign] # looks now, answers later
        early = asyncio.ensure_future(cache.use(session))
        await asked.wait()
        await cache.store.revoke("portal", session)
        cache.grants.forget("portal", {session})
        late = asyncio.ensure_future(cache.use(session))
        await asyncio.sleep(0)
        may_answer.set()
        assert (await early).session == session  # it was asked for before
        await refused(late)
        await refused(cache.use(session))

    run(go())


def test_a_revocation_without_an_answer_is_taken_for_one_that_has_happened() -> None:
    async def go() -> None:
        cache = Cache()
        session = cache.given("a")
        await cache.use(session)

        async def lose(client: str, session: Digest) -> bool:
            await cache.store.grants.revoke(client, session)
            raise StoreUnavailable("timeout")

        cache.store.revoke = lose  # type: ignore[method-assign] # for this once
        with pytest.raises(StoreUnavailable):
            await cache.grants.revoke("portal", session)
        await refused(cache.use(session))

    run(go())
