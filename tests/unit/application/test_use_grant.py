import asyncio
from collections.abc import Sequence

import pytest
from attrs import evolve

from adapters.memory.grants import MemoryGrants
from application.use_grant import UsedGrant, UseGrant, UseGrantRequest
from domain.client import Client
from domain.errors import RateLimited
from domain.events import GrantRefused
from domain.grant import Grant, Granting, Shown
from domain.grant_token import GrantToken
from domain.payload import Payload
from domain.rate import Rate
from domain.refusal import Refusal, Refused
from domain.session_id import Digest
from tests.unit.application.fakes import REMOTE, START, Directory, RecordingSink, SteppedClock

PORTAL = Client(name="portal")
GONE = Client(name="gone")
IDLE_MS = 5_000


class Browser:
    """Holds tokens, and comes back with them."""

    def __init__(self) -> None:
        self.clock = SteppedClock()
        self.grants = MemoryGrants(self.clock)
        self.sink = RecordingSink()
        self.use_case = UseGrant(self.grants, Directory(PORTAL), self.sink, self.clock)

    def limit(self, failures: Rate) -> None:
        self.use_case = evolve(self.use_case, failures=failures)

    def given(self, name: str, client: Client = PORTAL, origin: str = "") -> GrantToken:
        session = Digest.of(name)
        token = GrantToken.compose(client.tag, session, Digest.of(f"secret of {name}").raw)
        granting = Granting(token=token.digest, ttl_ms=60_000, idle_ms=IDLE_MS, origin=origin)
        grant = granting.grant(client.name, session, Payload(name), self.clock.now())
        self.grants.give(grant, self.clock.now())
        return token

    def use(self, tokens: Sequence[GrantToken], origin: str | None = None) -> UsedGrant:
        request = UseGrantRequest(tokens=tokens, remote=REMOTE, origin=origin)
        return asyncio.run(self.use_case.execute(request))

    def refusal(self, *tokens: GrantToken, origin: str | None = None) -> Refusal:
        with pytest.raises(Refused) as refused:
            self.use(tokens, origin)
        return refused.value.reason


def made_up(name: str) -> GrantToken:
    return GrantToken.compose(PORTAL.tag, Digest.of(name), b"s" * 24)


@pytest.fixture
def browser() -> Browser:
    return Browser()


def refused_event(token: GrantToken, reason: Refusal, client: str | None = "portal") -> object:
    return GrantRefused(
        at=START,
        remote=REMOTE,
        client=client,
        fingerprint=token.session.fingerprint,
        reason=reason,
    )


def test_who_holds_a_grant_goes_on_and_nobody_is_told(browser: Browser) -> None:
    used = browser.use([browser.given("a")])
    assert (used.client, used.grant.payload) == (PORTAL, Payload("a"))
    assert browser.sink.events == []


def test_the_first_that_holds_is_taken(browser: Browser) -> None:
    one, two = browser.given("a"), browser.given("b")
    assert browser.use([one, two]).grant.payload == Payload("a")
    assert browser.use([two, one]).grant.payload == Payload("b")


def test_one_that_does_not_hold_keeps_nobody_from_another(browser: Browser) -> None:
    strange = made_up("a")
    assert browser.use([strange, browser.given("b")]).grant.payload == Payload("b")
    assert browser.sink.events == []


def test_of_several_that_do_not_hold_the_first_is_told_of(browser: Browser) -> None:
    tokens = [made_up(name) for name in "abc"]
    assert browser.refusal(*tokens) is Refusal.UNKNOWN
    assert browser.sink.events == [refused_event(tokens[0], Refusal.UNKNOWN)]


def test_all_that_a_browser_holds_of_a_client_is_asked_for_at_once(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    use = browser.grants.use

    async def noting(client: str, *shown: Shown) -> Grant:
        asked.append(len(shown))
        return await use(client, *shown)

    monkeypatch.setattr(browser.grants, "use", noting)
    browser.refusal(*(made_up(name) for name in "abcdefgh"))
    assert asked == [8]


def test_a_grant_for_another_page_keeps_nobody_from_one_for_this(browser: Browser) -> None:
    for_others = browser.given("a", origin="https://b.example")
    own = browser.given("b", origin="https://a.example")
    strange = made_up("c")
    used = browser.use([for_others, strange, own], "https://a.example")
    assert used.grant.payload == Payload("b")
    assert browser.refusal(for_others, strange, origin="https://a.example") is Refusal.MISMATCH


def test_who_comes_too_often_with_none_that_holds_is_told_to_wait(browser: Browser) -> None:
    browser.limit(Rate(2))
    good = browser.given("a")
    for _ in range(2):
        browser.refusal(made_up("b"), made_up("c"))
    with pytest.raises(RateLimited):
        browser.use([made_up("b")])
    assert browser.use([made_up("b"), good]).grant.payload == Payload("a")
    told = [type(event).__name__ for event in browser.sink.events]
    assert told == ["GrantRefused", "GrantRefused", "RateLimitReached"]


def test_who_brings_nothing_is_not_counted(browser: Browser) -> None:
    browser.limit(Rate(1))
    assert [browser.refusal() for _ in range(3)] == 3 * [Refusal.UNKNOWN]


def test_who_holds_none_is_refused(browser: Browser) -> None:
    assert browser.refusal() is Refusal.UNKNOWN


def test_a_grant_that_has_expired_is_told_of_as_such(browser: Browser) -> None:
    token = browser.given("a")
    browser.clock.step(IDLE_MS)
    assert browser.refusal(token) is Refusal.EXPIRED
    (event,) = browser.sink.events
    assert isinstance(event, GrantRefused)
    assert (event.at, event.reason) == (START + IDLE_MS, Refusal.EXPIRED)


def test_a_grant_of_a_client_that_is_gone_is_unknown(browser: Browser) -> None:
    token = browser.given("a", GONE)
    assert browser.refusal(token) is Refusal.UNKNOWN
    assert browser.sink.events == [refused_event(token, Refusal.UNKNOWN, client=None)]


@pytest.mark.parametrize(("region", "told"), [("PT", "PT"), ("", None)])
def test_the_country_of_who_is_refused_is_told(
    browser: Browser, region: str, told: str | None
) -> None:
    strange = GrantToken.compose(PORTAL.tag, Digest.of("a"), b"s" * 24)
    request = UseGrantRequest(tokens=[strange], remote=REMOTE, region=region)
    with pytest.raises(Refused):
        asyncio.run(browser.use_case.execute(request))
    (event,) = browser.sink.events
    assert isinstance(event, GrantRefused)
    assert event.region == told
