"""Many sessions at once, over fakes."""

import asyncio
from typing import Any

import pytest
from attrs import evolve

from application.create_sessions import CreatedMany, CreateManyRequest, CreateSessions
from application.ports import SessionRepository, StoreUnavailable
from domain.client import Client
from domain.errors import CapReached, IdempotencyConflict, InvalidCount, InvalidTtl, RateLimited
from domain.events import (
    BatchCreated,
    BatchRepeated,
    CreateConflicted,
    CreateRefused,
    RateLimitReached,
)
from domain.payload import Payload
from domain.policy import Policy
from domain.rate import Allowance, Rate
from domain.repeat import derive_secrets
from domain.session_id import SessionId
from tests.unit.application.fakes import (
    REMOTE,
    START,
    AwaySessions,
    CountingRandomness,
    RecordingSink,
    SteppedClock,
    WatchedSessions,
)

PORTAL = Client(name="portal", policy=Policy(ttl_seconds=1800, cap=5, creates_per_minute=7))
ASKED = CreateManyRequest(client=PORTAL, remote=REMOTE, count=3)
REPEATABLE = evolve(ASKED, idempotency_key="order 1", client_key="fgk_a")


class Desk:
    """The use case over fakes."""

    def __init__(self, sessions: SessionRepository | None = None, *, limited: bool = True) -> None:
        self.clock = SteppedClock()
        self.sink = RecordingSink()
        self.watched = WatchedSessions(self.clock)
        self.randomness = CountingRandomness()
        self.use_case = CreateSessions(
            sessions or self.watched, self.randomness, self.sink, self.clock, limited=limited
        )

    def create(self, request: CreateManyRequest = ASKED) -> CreatedMany:
        return asyncio.run(self.use_case.execute(request))

    def redeem(self, session_id: SessionId) -> None:
        asyncio.run(self.watched.inner.redeem("portal", session_id.digest))


def fingerprints(created: CreatedMany) -> str:
    return " ".join(one.digest.fingerprint for one in created.session_ids)


def test_the_ids_are_made_of_one_draw_of_random_bytes() -> None:
    desk = Desk()
    created = desk.create()
    (secrets,) = desk.randomness.given
    assert len(secrets) == 3 * 24
    assert created.session_ids == SessionId.compose_many(PORTAL.tag, secrets, 24)


def test_the_store_is_asked_once_and_for_digests_only() -> None:
    desk = Desk()
    payload = Payload("ana", "{}")
    created = desk.create(evolve(ASKED, payload=payload, ttl_seconds=60))
    digests = tuple(one.digest for one in created.session_ids)
    assert desk.watched.asked == [("create_many", "portal", digests, 60_000, 5, payload)]
    assert desk.watched.rates == [Rate(7)]
    assert created.creates == Allowance(Rate(7), 4, 60_000)
    assert (created.left_ms, created.repeated) == (60_000, False)


def test_one_event_tells_of_all() -> None:
    desk = Desk()
    created = desk.create()
    event = BatchCreated(
        at=START, remote=REMOTE, client="portal", count=3, fingerprints=fingerprints(created)
    )
    assert desk.sink.events == [event]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"count": 6}, InvalidCount),
        ({"count": None}, InvalidCount),
        ({"ttl_seconds": 0}, InvalidTtl),
    ],
)
def test_what_the_policy_refuses_asks_nobody_and_tells_nobody(
    wrong: Any, error: type[Exception]
) -> None:
    desk = Desk()
    with pytest.raises(error):
        desk.create(evolve(ASKED, **wrong))
    assert (desk.watched.asked, desk.sink.events) == ([], [])


def test_without_limits_nothing_is_counted() -> None:
    desk = Desk(limited=False)
    assert desk.create().creates is None
    assert desk.watched.rates == [None]


def test_a_batch_that_does_not_fit_is_told() -> None:
    desk = Desk(limited=False)
    desk.create()
    with pytest.raises(CapReached):
        desk.create()
    refused = CreateRefused(at=START, remote=REMOTE, client="portal", cap=5)
    assert desk.sink.events[1:] == [refused]


def test_a_batch_beyond_the_rate_is_told() -> None:
    desk = Desk()
    created = desk.create(evolve(ASKED, count=5))
    for session_id in created.session_ids:
        desk.redeem(session_id)
    with pytest.raises(RateLimited):
        desk.create()
    limited = RateLimitReached(at=START, remote=REMOTE, client="portal", limited="create")
    assert desk.sink.events[1:] == [limited]


def test_ids_that_may_be_asked_for_again_are_derived_from_the_clients_key() -> None:
    desk = Desk()
    created = desk.create(REPEATABLE)
    secrets = derive_secrets("fgk_a", "order 1", desk.randomness.given[0], 3)
    assert created.session_ids == SessionId.compose_many(PORTAL.tag, secrets, 24)


def test_a_batch_that_comes_again_gets_the_same_ids() -> None:
    desk = Desk()
    first = desk.create(REPEATABLE)
    desk.clock.step(2_000)
    again = desk.create(REPEATABLE)
    assert again.session_ids == first.session_ids
    assert (again.repeated, again.left_ms, again.creates) == (True, 1_798_000, None)
    event = BatchRepeated(
        at=START + 2_000,
        remote=REMOTE,
        client="portal",
        count=3,
        fingerprints=fingerprints(first),
    )
    assert desk.sink.events[1:] == [event]


@pytest.mark.parametrize("problem", ["spent", "reused"])
def test_a_conflict_is_told(problem: str) -> None:
    desk = Desk()
    first = desk.create(REPEATABLE)
    again = REPEATABLE
    if problem == "spent":
        desk.redeem(first.session_ids[1])
    else:
        again = evolve(REPEATABLE, count=2)
    with pytest.raises(IdempotencyConflict) as conflict:
        desk.create(again)
    assert conflict.value.problem == problem
    told = CreateConflicted(at=START, remote=REMOTE, client="portal", problem=problem)
    assert desk.sink.events[1:] == [told]


def test_a_store_that_is_away_is_no_event() -> None:
    desk = Desk(AwaySessions())
    with pytest.raises(StoreUnavailable):
        desk.create()
    assert desk.sink.events == []


def test_no_id_shows_in_what_is_printed_of_the_answer() -> None:
    created = Desk().create()
    assert all(one.text not in repr(created) for one in created.session_ids)
