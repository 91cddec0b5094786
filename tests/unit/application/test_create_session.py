import asyncio
import base64
from typing import Any

import pytest

from application.create_session import Created, CreateRequest, CreateSession
from application.ports import Randomness, SessionRepository, StoreUnavailable
from domain.client import Client
from domain.errors import (
    CapReached,
    DuplicateSession,
    IdempotencyConflict,
    InvalidTtl,
    RateLimited,
)
from domain.events import (
    CreateConflicted,
    CreateRefused,
    CreateRepeated,
    RateLimitReached,
    SessionCreated,
)
from domain.payload import Payload
from domain.policy import Policy
from domain.session import Standing
from domain.session_id import SessionId
from tests.unit.application.fakes import (
    REMOTE,
    START,
    AwaySessions,
    CountingRandomness,
    RecordingSink,
    RepeatingRandomness,
    SteppedClock,
    WatchedSessions,
)

PORTAL = Client(name="portal", policy=Policy(ttl_seconds=1800, cap=2))


class Desk:
    """The use case over fakes."""

    def __init__(
        self, sessions: SessionRepository | None = None, randomness: Randomness | None = None
    ) -> None:
        self.clock = SteppedClock()
        self.sink = RecordingSink()
        self.watched = WatchedSessions(self.clock)
        self.randomness = CountingRandomness()
        self.use_case = CreateSession(
            sessions or self.watched, randomness or self.randomness, self.sink, self.clock
        )

    def create(
        self,
        client: Client = PORTAL,
        ttl_seconds: object = None,
        payload: Payload = Payload(),
    ) -> Created:
        request = CreateRequest(
            client=client, remote=REMOTE, ttl_seconds=ttl_seconds, payload=payload
        )
        return asyncio.run(self.use_case.execute(request))


def test_the_id_is_made_of_the_clients_tag_and_24_random_bytes() -> None:
    desk = Desk()
    created = desk.create()
    assert [len(secret) for secret in desk.randomness.given] == [24]
    assert created.session_id == SessionId.compose(PORTAL.tag, desk.randomness.given[0])
    encoded = created.session_id.text.removeprefix(f"fgs_{PORTAL.tag}_")
    assert base64.urlsafe_b64decode(encoded) == desk.randomness.given[0]


def test_each_session_has_an_id_of_its_own() -> None:
    desk = Desk()
    assert desk.create().session_id != desk.create().session_id


def test_only_the_digest_reaches_the_store() -> None:
    desk = Desk()
    created = desk.create(payload=Payload("ana", "{}"))
    assert desk.watched.asked == [
        ("create", "portal", created.session_id.digest, 1_800_000, 2, Payload("ana", "{}"))
    ]
    secret = created.session_id.text.split("_", 2)[2]
    assert secret not in repr(desk.watched.asked)


def test_a_session_lives_as_long_as_the_policy_says() -> None:
    created = Desk().create()
    assert created.left_ms == 1_800_000
    assert created.session.expires_at == START + 1_800_000
    assert created.session.standing(START) is Standing.ACTIVE


@pytest.mark.parametrize("seconds", [1, 1800])
def test_a_parent_may_ask_for_a_shorter_life(seconds: int) -> None:
    created = Desk().create(ttl_seconds=seconds)
    assert created.left_ms == seconds * 1000
    assert created.session.expires_at == START + seconds * 1000


@pytest.mark.parametrize("seconds", [0, 1801, True, "60", 1.0])
def test_a_life_that_the_policy_refuses_asks_nobody_and_tells_nobody(seconds: object) -> None:
    desk = Desk()
    with pytest.raises(InvalidTtl):
        desk.create(ttl_seconds=seconds)
    assert desk.watched.asked == []
    assert desk.randomness.given == []
    assert desk.sink.events == []


def test_the_session_carries_the_payload() -> None:
    assert Desk().create(payload=Payload("ana", "{}")).session.payload == Payload("ana", "{}")


def test_the_event_names_the_session_by_its_fingerprint() -> None:
    desk = Desk()
    created = desk.create()
    assert desk.sink.events == [
        SessionCreated(
            at=START,
            remote=REMOTE,
            client="portal",
            fingerprint=created.session_id.digest.fingerprint,
        )
    ]


def test_the_cap_counts_up_to_and_with_the_last_place() -> None:
    desk = Desk()
    for _ in range(PORTAL.policy.cap):
        desk.create()
    desk.clock.step(60_000)
    with pytest.raises(CapReached) as full:
        desk.create()
    assert (full.value.cap, full.value.retry_after_ms) == (2, 1_740_000)
    assert desk.sink.events[2:] == [
        CreateRefused(at=START + 60_000, remote=REMOTE, client="portal", cap=2)
    ]


def test_a_place_is_free_again_at_the_millisecond_a_session_expires() -> None:
    desk = Desk()
    desk.create(ttl_seconds=1)
    desk.create()
    desk.clock.step(999)
    with pytest.raises(CapReached) as full:
        desk.create()
    assert full.value.retry_after_ms == 1
    desk.clock.step(1)
    assert desk.create().session.client == "portal"


def test_one_clients_cap_is_not_anothers() -> None:
    desk = Desk()
    desk.create()
    desk.create()
    assert desk.create(client=Client(name="other")).session.client == "other"


def test_an_id_that_comes_twice_is_not_given_out_again() -> None:
    desk = Desk(randomness=RepeatingRandomness())
    desk.create()
    with pytest.raises(DuplicateSession):
        desk.create()
    assert [type(event) for event in desk.sink.events] == [SessionCreated]


def test_nothing_is_told_as_created_when_the_store_is_away() -> None:
    desk = Desk(sessions=AwaySessions())
    with pytest.raises(StoreUnavailable):
        desk.create()
    assert desk.sink.events == []


def test_no_representation_of_the_answer_shows_the_id() -> None:
    created = Desk().create()
    assert created.session_id.text not in f"{created!r} {created}"


# Creating again


def repeated(desk: Desk, key: str = "order 1", **wishes: Any) -> Created:
    request = {"client": PORTAL, "remote": REMOTE, "client_key": "fgk_a", **wishes}
    return asyncio.run(desk.use_case.execute(CreateRequest(idempotency_key=key, **request)))


def test_a_create_that_comes_again_gets_the_same_id_and_a_line_in_the_audit() -> None:
    desk = Desk()
    first = repeated(desk)
    desk.clock.step(1_500)
    again = repeated(desk)
    assert (first.repeated, again.repeated) == (False, True)
    assert again.session_id == first.session_id
    assert again.left_ms == first.left_ms - 1_500
    assert [type(event) for event in desk.sink.events] == [SessionCreated, CreateRepeated]
    assert len({event.fingerprint for event in desk.sink.events}) == 1


def test_what_the_store_keeps_of_a_create_that_may_come_again_does_not_give_away_the_id() -> None:
    desk = Desk()
    created = repeated(desk)
    secret = created.session_id.text.removeprefix(f"fgs_{PORTAL.tag}_")
    assert base64.urlsafe_b64decode(secret) not in desk.randomness.given


def test_with_the_clients_other_key_the_same_idempotency_key_is_another() -> None:
    desk = Desk()
    assert repeated(desk).session_id != repeated(desk, client_key="fgk_b").session_id


def test_another_idempotency_key_is_another_session() -> None:
    desk = Desk()
    assert repeated(desk).session_id != repeated(desk, key="order 2").session_id


def test_the_same_idempotency_key_with_another_wish_is_a_conflict_and_stands_in_the_audit() -> None:
    desk = Desk()
    repeated(desk)
    with pytest.raises(IdempotencyConflict) as conflict:
        repeated(desk, ttl_seconds=60)
    assert conflict.value.problem == "reused"
    assert desk.sink.events[-1] == CreateConflicted(
        at=START, remote=REMOTE, client="portal", problem="reused"
    )


def test_an_idempotency_key_may_be_any_text_of_the_clients_own() -> None:
    request = CreateRequest(client=PORTAL, remote=REMOTE, idempotency_key="k", client_key="fgk_a")
    assert "fgk_a" not in repr(request)


# Rates


def test_a_client_that_creates_too_fast_is_told_so_and_it_stands_in_the_audit() -> None:
    slow = Client(name="portal", policy=Policy(cap=9, creates_per_minute=2))
    desk = Desk()
    left = [desk.create(slow).creates for _ in range(2)]
    assert [allowance.left for allowance in left if allowance] == [1, 0]
    with pytest.raises(RateLimited):
        desk.create(slow)
    assert desk.sink.events[-1] == RateLimitReached(
        at=START, remote=REMOTE, client="portal", limited="create"
    )


def test_without_limits_no_rate_reaches_the_store() -> None:
    desk = Desk()
    use_case = CreateSession(desk.watched, desk.randomness, desk.sink, desk.clock, limited=False)
    created = asyncio.run(use_case.execute(CreateRequest(client=PORTAL, remote=REMOTE)))
    assert created.creates is None
    assert desk.watched.rates == [None]
