import asyncio
from collections.abc import Sequence

import pytest

from adapters.memory.grants import MemoryGrants
from application.use_grant import UsedGrant, UseGrant, UseGrantRequest
from domain.client import Client
from domain.events import GrantRefused
from domain.grant import Granting
from domain.grant_token import GrantToken
from domain.payload import Payload
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

    def given(self, name: str, client: Client = PORTAL) -> GrantToken:
        session = Digest.of(name)
        token = GrantToken.compose(client.tag, session, Digest.of(f"secret of {name}").raw)
        granting = Granting(token=token.digest, ttl_ms=60_000, idle_ms=IDLE_MS)
        grant = granting.grant(client.name, session, Payload(name), self.clock.now())
        self.grants.give(grant, self.clock.now())
        return token

    def use(self, tokens: Sequence[GrantToken]) -> UsedGrant:
        request = UseGrantRequest(tokens=tokens, remote=REMOTE)
        return asyncio.run(self.use_case.execute(request))

    def refusal(self, *tokens: GrantToken) -> Refusal:
        with pytest.raises(Refused) as refused:
            self.use(tokens)
        return refused.value.reason


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
    strange = GrantToken.compose(PORTAL.tag, Digest.of("a"), b"s" * 24)
    assert browser.use([strange, browser.given("b")]).grant.payload == Payload("b")
    assert browser.sink.events == []


def test_of_several_that_do_not_hold_the_first_is_told_of(browser: Browser) -> None:
    tokens = [GrantToken.compose(PORTAL.tag, Digest.of(name), b"s" * 24) for name in "abc"]
    assert browser.refusal(*tokens) is Refusal.UNKNOWN
    assert browser.sink.events == [refused_event(tokens[0], Refusal.UNKNOWN)]


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
