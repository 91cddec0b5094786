import asyncio
from contextlib import suppress

import pytest

from application.create_session import CreateRequest, CreateSession
from application.ports import SessionRepository, StoreUnavailable
from application.redeem_session import Redeemed, RedeemRequest, RedeemSession
from domain.client import NOBODY, Caller, Client
from domain.errors import RateLimited
from domain.events import (
    Event,
    RateLimitReached,
    RedeemRefused,
    ReplayAttempted,
    SessionRedeemed,
)
from domain.payload import Payload
from domain.policy import Policy
from domain.rate import Rate
from domain.refusal import Refusal, Refused
from domain.session import Standing
from domain.session_id import SessionId
from tests.unit.application.fakes import (
    REMOTE,
    START,
    AwaySessions,
    CountingRandomness,
    Directory,
    RecordingSink,
    SteppedClock,
    WatchedSessions,
)

TTL_MS = 60_000
PORTAL = Client(
    name="portal",
    origins=("https://portal.example",),
    policy=Policy(ttl_seconds=60, cap=1, grant_ttl_seconds=20, bearer_ttl_seconds=5),
)
OTHER = Client(name="other")
GONE = Client(name="gone")  # created sessions once, and is no longer in the directory
NOT_OWNERS = [
    pytest.param(Caller(OTHER), id="another client"),
    pytest.param(Caller(is_admin=True), id="an admin"),
    pytest.param(Caller(OTHER, is_admin=True), id="another client that is an admin"),
]


class Door:
    """The use case over fakes, and sessions to open it with."""

    def __init__(self, sessions: SessionRepository | None = None) -> None:
        self.clock = SteppedClock()
        self.sink = RecordingSink()
        self.sessions = WatchedSessions(self.clock)
        self.use_case = RedeemSession(
            sessions or self.sessions,
            Directory(PORTAL, OTHER),
            CountingRandomness(),
            self.sink,
            self.clock,
        )
        # Creating is another use case: what it tells and asks is not looked at here.
        self._create = CreateSession(
            self.sessions.inner, CountingRandomness(), RecordingSink(), self.clock
        )

    def a_session(self, payload: Payload = Payload(), client: Client = PORTAL) -> SessionId:
        request = CreateRequest(client=client, remote=REMOTE, payload=payload)
        return asyncio.run(self._create.execute(request)).session_id

    def redeem(self, session_id: SessionId, caller: Caller | None = None) -> Redeemed:
        request = RedeemRequest(session_id=session_id, remote=REMOTE, caller=caller)
        return asyncio.run(self.use_case.execute(request))

    def refusal(self, session_id: SessionId, caller: Caller | None = None) -> Refusal:
        with pytest.raises(Refused) as refused:
            self.redeem(session_id, caller)
        return refused.value.reason

    def revoke(self, session_id: SessionId) -> None:
        asyncio.run(self.sessions.inner.revoke("portal", session_id.digest))


@pytest.fixture
def door() -> Door:
    return Door()


def refused_event(session_id: SessionId, reason: Refusal, client: str | None = "portal") -> Event:
    kind = ReplayAttempted if reason is Refusal.USED else RedeemRefused
    return kind(
        at=START,
        remote=REMOTE,
        client=client,
        fingerprint=session_id.digest.fingerprint,
        reason=reason,
    )


@pytest.mark.parametrize("caller", [None, Caller(PORTAL)], ids=["no key", "the owner's key"])
def test_whoever_comes_first_gets_the_session_and_what_it_carries(
    door: Door, caller: Caller | None
) -> None:
    session_id = door.a_session(Payload("ana", '{"a":1}'))
    redeemed = door.redeem(session_id, caller)
    assert redeemed.client is PORTAL
    assert redeemed.session.ended is Standing.USED
    assert redeemed.session.payload == Payload("ana", '{"a":1}')
    assert door.sink.events == [
        SessionRedeemed(
            at=START,
            remote=REMOTE,
            client="portal",
            fingerprint=session_id.digest.fingerprint,
        )
    ]


def test_whoever_comes_second_is_refused_and_told_of_as_a_replay(door: Door) -> None:
    session_id = door.a_session()
    door.redeem(session_id)
    assert door.refusal(session_id) is Refusal.USED
    assert door.sink.events[1:] == [refused_event(session_id, Refusal.USED)]


@pytest.mark.parametrize("origin", [None, "https://portal.example"])
def test_the_page_of_the_client_may_embed_it_and_its_grant_remembers_which(
    door: Door, origin: str | None
) -> None:
    session_id = door.a_session()
    request = RedeemRequest(session_id=session_id, remote=REMOTE, goes_on=True, origin=origin)
    token = asyncio.run(door.use_case.execute(request)).token
    assert token is not None
    grants = door.sessions.inner.grants
    grant = asyncio.run(grants.use("portal", (session_id.digest, token.digest)))
    assert grant.origin == (origin or "")


@pytest.mark.parametrize(("region", "told"), [("PT", "PT"), ("", None)])
def test_the_country_of_the_winner_and_of_who_comes_second_is_told(
    door: Door, region: str, told: str | None
) -> None:
    request = RedeemRequest(session_id=door.a_session(), remote=REMOTE, region=region)
    asyncio.run(door.use_case.execute(request))
    with pytest.raises(Refused):
        asyncio.run(door.use_case.execute(request))
    won, lost = door.sink.events
    assert isinstance(won, SessionRedeemed)
    assert isinstance(lost, RedeemRefused)
    assert (won.region, lost.region) == (told, told)


def test_another_page_is_refused_before_the_store_is_asked(door: Door) -> None:
    session_id = door.a_session()
    request = RedeemRequest(session_id=session_id, remote=REMOTE, origin="https://evil.example")
    with pytest.raises(Refused) as refused:
        asyncio.run(door.use_case.execute(request))
    assert refused.value.reason is Refusal.MISMATCH
    assert door.sink.events == [refused_event(session_id, Refusal.MISMATCH)]
    assert door.redeem(session_id).session.ended is Standing.USED


@pytest.mark.parametrize(("as_bearer", "lifetime_ms"), [(False, 20_000), (True, 5_000)])
def test_a_bearer_ends_sooner_than_what_scripts_cannot_read(
    door: Door, lifetime_ms: int, *, as_bearer: bool
) -> None:
    session_id = door.a_session()
    request = RedeemRequest(session_id=session_id, remote=REMOTE, goes_on=True, as_bearer=as_bearer)
    token = asyncio.run(door.use_case.execute(request)).token
    assert token is not None
    grants = door.sessions.inner.grants
    assert asyncio.run(grants.use("portal", (session_id.digest, token.digest))).ends_at == (
        START + lifetime_ms
    )


def test_of_many_who_come_at_once_one_wins(door: Door) -> None:
    session_id = door.a_session()
    request = RedeemRequest(session_id=session_id, remote=REMOTE)

    async def race() -> list[Redeemed | BaseException]:
        runs = (door.use_case.execute(request) for _ in range(50))
        return await asyncio.gather(*runs, return_exceptions=True)

    results = asyncio.run(race())
    assert sum(isinstance(result, Redeemed) for result in results) == 1
    assert sum(isinstance(result, Refused) for result in results) == 49
    assert sum(isinstance(event, SessionRedeemed) for event in door.sink.events) == 1


def test_a_session_can_be_redeemed_until_the_millisecond_before_it_expires(door: Door) -> None:
    session_id = door.a_session()
    door.clock.step(TTL_MS - 1)
    assert door.redeem(session_id).session.ended is Standing.USED


def test_a_session_is_expired_from_the_millisecond_it_expires(door: Door) -> None:
    session_id = door.a_session()
    door.clock.step(TTL_MS)
    assert door.refusal(session_id) is Refusal.EXPIRED
    (event,) = door.sink.events
    assert isinstance(event, RedeemRefused)
    assert (event.at, event.reason) == (START + TTL_MS, Refusal.EXPIRED)


def test_a_revoked_session_is_refused(door: Door) -> None:
    session_id = door.a_session()
    door.revoke(session_id)
    assert door.refusal(session_id) is Refusal.REVOKED
    assert door.sink.events == [refused_event(session_id, Refusal.REVOKED)]


def test_a_session_from_before_a_failover_is_stale(door: Door) -> None:
    session_id = door.a_session()
    door.sessions.inner.incarnation = "another"
    assert door.refusal(session_id) is Refusal.STALE
    assert door.sink.events == [refused_event(session_id, Refusal.STALE)]


def test_an_id_of_a_client_that_the_store_does_not_know_is_unknown(door: Door) -> None:
    session_id = SessionId.compose(PORTAL.tag, b"never given out.")
    assert door.refusal(session_id) is Refusal.UNKNOWN
    assert door.sink.events == [refused_event(session_id, Refusal.UNKNOWN)]
    assert door.sessions.asked == [("redeem", "portal", session_id.digest)]


@pytest.mark.parametrize(
    "session_id",
    [
        pytest.param(SessionId("a"), id="a foreign form"),
        pytest.param(SessionId.compose("00000000", b"s" * 24), id="nobody's tag"),
        pytest.param(SessionId.compose(GONE.tag, b"s" * 24), id="a former client's tag"),
    ],
)
@pytest.mark.parametrize("caller", [None, Caller(PORTAL)], ids=["no key", "a key"])
def test_an_id_of_no_client_takes_the_same_way_and_is_unknown(
    door: Door, session_id: SessionId, caller: Caller | None
) -> None:
    assert door.refusal(session_id, caller) is Refusal.UNKNOWN
    assert door.sessions.asked == [("redeem", NOBODY, session_id.digest)]
    assert door.sink.events == [refused_event(session_id, Refusal.UNKNOWN, client=None)]


@pytest.mark.parametrize("caller", NOT_OWNERS)
def test_a_key_of_somebody_else_does_not_burn_the_session(door: Door, caller: Caller) -> None:
    session_id = door.a_session()
    assert door.refusal(session_id, caller) is Refusal.MISMATCH
    assert door.sessions.asked == [("refuse", "portal", Refusal.MISMATCH)]
    assert door.sink.events == [refused_event(session_id, Refusal.MISMATCH)]
    assert door.redeem(session_id, Caller(PORTAL)).session.ended is Standing.USED


@pytest.mark.parametrize("caller", NOT_OWNERS)
def test_somebody_else_learns_nothing_about_a_session_that_has_ended(
    door: Door, caller: Caller
) -> None:
    session_id = door.a_session()
    door.redeem(session_id)
    assert door.refusal(session_id, caller) is Refusal.MISMATCH


def test_the_region_is_counted_with_a_redeem_and_with_what_refuses_it(door: Door) -> None:
    session_id = door.a_session()
    for origin in ("https://evil.example", None):
        request = RedeemRequest(session_id=session_id, remote=REMOTE, origin=origin, region="BR")
        with suppress(Refused):
            asyncio.run(door.use_case.execute(request))
    assert [what for what, *_ in door.sessions.asked] == ["refuse", "redeem"]
    assert door.sessions.regions == ["BR", "BR"]


def test_only_the_digest_reaches_the_store(door: Door) -> None:
    session_id = door.a_session()
    door.redeem(session_id)
    assert door.sessions.asked == [("redeem", "portal", session_id.digest)]


@pytest.mark.parametrize("caller", [None, Caller(PORTAL)], ids=["no key", "the owner's key"])
def test_nothing_is_told_when_the_store_is_away(caller: Caller | None) -> None:
    door = Door(sessions=AwaySessions())
    with pytest.raises(StoreUnavailable):
        door.redeem(SessionId.compose(PORTAL.tag, b"s" * 24), caller)
    assert door.sink.events == []


def test_bindings_are_judged_even_when_the_store_is_away() -> None:
    door = Door(sessions=AwaySessions())
    session_id = SessionId.compose(PORTAL.tag, b"s" * 24)
    assert door.refusal(session_id, Caller(OTHER)) is Refusal.MISMATCH


def test_a_redeemed_session_frees_its_place_under_the_cap(door: Door) -> None:
    first = door.a_session()  # the cap is one
    door.redeem(first)
    assert door.a_session() != first


def test_the_client_of_an_id_is_known_by_its_tag_whether_or_not_the_session_exists(
    door: Door,
) -> None:
    assert door.use_case.client_of(SessionId.compose(PORTAL.tag, b"s" * 24)) is PORTAL
    assert door.use_case.client_of(SessionId.compose(OTHER.tag, b"s" * 24)) is OTHER
    assert door.use_case.client_of(SessionId.compose(GONE.tag, b"s" * 24)) is None
    assert door.use_case.client_of(SessionId("a")) is None


def test_neither_request_nor_answer_nor_events_show_the_id(door: Door) -> None:
    session_id = door.a_session()
    request = RedeemRequest(session_id=session_id, remote=REMOTE)
    answer = door.redeem(session_id)
    door.refusal(session_id)
    secret = session_id.text.split("_", 2)[2]
    assert secret not in f"{request!r} {answer!r} {door.sink.events!r}"


FAILURES = Rate(2, 30_000)


def a_limited_door() -> Door:
    door = Door()
    door.use_case = RedeemSession(
        door.sessions,
        Directory(PORTAL, OTHER),
        CountingRandomness(),
        door.sink,
        door.clock,
        FAILURES,
    )
    return door


def test_an_address_that_fails_too_often_is_told_so_and_it_stands_in_the_audit() -> None:
    door = a_limited_door()
    good = door.a_session()
    for _ in range(2):
        door.refusal(SessionId.compose(PORTAL.tag, b"s" * 24))
    assert door.redeem(good).session.ended is Standing.USED
    with pytest.raises(RateLimited):
        door.redeem(good)
    assert door.sink.events[-1] == RateLimitReached(
        at=START,
        remote=REMOTE,
        client="portal",
        fingerprint=good.digest.fingerprint,
        limited="redeem",
    )
    door.clock.step(30_000)
    assert door.refusal(good) is Refusal.USED


def test_guessing_among_ids_of_nobody_is_counted_too() -> None:
    door = a_limited_door()
    for _ in range(2):
        door.refusal(SessionId("a"))
    with pytest.raises(RateLimited):
        door.redeem(SessionId("b"))


def test_a_caller_with_a_key_is_known_and_not_counted() -> None:
    door = a_limited_door()
    door.refusal(SessionId.compose(PORTAL.tag, b"s" * 24), Caller(PORTAL))
    assert door.sessions.attempts == [None]


def test_without_limits_nothing_is_counted(door: Door) -> None:
    door.refusal(SessionId("a"))
    assert door.sessions.attempts == [None]
