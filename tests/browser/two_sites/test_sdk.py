"""What the SDK does by itself, in a parent's page of another site."""

import json

import pytest
from attrs import evolve

from tests.browser.protected_page import LOADED
from tests.browser.two_sites.conftest import Gates
from tests.browser.two_sites.driving import Browser, Frame
from tests.browser.two_sites.parent import Parent
from tests.browser.two_sites.site import OTHER, Reply
from tests.browser.two_sites.ways import BySdk
from tests.support.waiting import until

WAY = BySdk()
ENDED = "Seu acesso terminou"
STATUS = "fetch('assets/data.json').then(answer => answer.status)"
BRIEF = "grant_ttl_seconds = 4\nbearer_ttl_seconds = 4"
FORBIDDEN = Reply("{}", "application/json", status=403)
AWAY = Reply("{}", "application/json", status=503)

pytestmark = pytest.mark.parametrize(
    "setting",
    ["chromium-third-party-blocked", "firefox-kept-apart", "firefox-third-party-blocked"],
    indirect=True,
)


class Backend:
    """The parent's own, which may have its reasons not to give a session."""

    def __init__(self, parent: Parent) -> None:
        self._parent = parent
        self.refuses: Reply | None = None
        self.given: list[str] = []
        self.page = parent.page(WAY.embed(parent, session_url=parent.site.put(self._answer)))

    def _answer(self, _: object) -> Reply:
        if self.refuses is not None:
            return self.refuses
        session = self._parent.session()
        self.given.append(session["session_id"])
        return Reply(json.dumps(session), "application/json")


@pytest.fixture
def backend(parent: Parent) -> Backend:
    return Backend(parent)


def await_ready(page: Frame, times: int = 1) -> None:
    count = "window.told?.filter(event => event.type === 'ready').length"
    page.await_that(f"ready {times} times", count, lambda found: (found or 0) >= times)


def open_it(page: Frame, backend: Backend) -> Frame:
    page.tab.go(backend.page)
    opened = WAY.opened(page)
    opened.await_text("h1", LOADED)
    await_ready(page)
    opened.evaluate("window.isTheFirst = true")
    return opened


def test_no_address_holds_the_id(page: Frame, backend: Backend) -> None:
    opened = open_it(page, backend)

    addresses = "[location.href, ...performance.getEntries().map(entry => entry.name)]"
    for frame in (page, page.frame("#one >> iframe"), opened):
        assert "fgs_" not in str(frame.evaluate(addresses))


def test_a_parent_of_a_wrong_origin_gets_nothing_and_burns_nothing(
    page: Frame, parent: Parent
) -> None:
    embed = WAY.embed(parent)
    page.tab.go(parent.page(embed, name=OTHER))

    shown = page.frame("#one >> iframe")
    shown.await_that(
        "the browser keeps it shut",
        "document.documentURI",
        lambda uri: uri.startswith(("chrome-error:", "about:")),
    )
    assert not page.evaluate("told.some(event => event.type === 'ready')")


def test_a_backend_that_is_away_for_a_moment_is_asked_again(page: Frame, backend: Backend) -> None:
    backend.refuses = AWAY
    page.tab.go(backend.page)
    failed = "window.told?.some(event => event.type === 'error' && event.code === 'session_url')"
    page.await_that("the page is told", failed)
    backend.refuses = None
    WAY.opened(page).await_text("h1", LOADED)


class TestRevoked:
    def test_a_page_is_refused_at_once_and_opens_again_with_another_session(
        self, page: Frame, parent: Parent, backend: Backend
    ) -> None:
        opened = open_it(page, backend)
        parent.revoke(backend.given[0])
        assert opened.evaluate(STATUS) == 401

        opened.evaluate("(setTimeout(() => location.reload()), null)")

        await_ready(page, 2)
        opened.await_text("h1", LOADED)
        assert len(backend.given) == 2

    def test_a_page_is_taken_away_where_the_backend_gives_no_other(
        self, page: Frame, parent: Parent, backend: Backend
    ) -> None:
        opened = open_it(page, backend)
        backend.refuses = FORBIDDEN
        parent.revoke(backend.given[0])

        opened.evaluate("(setTimeout(() => location.reload()), null)")

        page.frame("#one >> iframe").await_text("h1", ENDED)
        assert len(backend.given) == 1


class TestBrief:
    """Where grants end after seconds."""

    @pytest.fixture
    def parent(self, parent: Parent, gates: Gates, transport: str) -> Parent:
        return evolve(parent, gate=gates(transport, BRIEF))

    def test_a_grant_is_replaced_before_it_ends_and_the_page_stays(
        self, page: Frame, backend: Backend
    ) -> None:
        opened = open_it(page, backend)

        await_ready(page, 3)

        assert opened.evaluate("window.isTheFirst")
        opened.await_that("it goes on", STATUS, lambda status: status == 200)

    def test_after_the_computer_has_slept_through_its_end_the_page_goes_on(
        self, page: Frame, person: Browser, parent: Parent, backend: Backend
    ) -> None:
        opened = open_it(page, backend)
        with person.asleep():
            given = len(backend.given)
            until("all grants have ended", lambda: not any(map(parent.has_grant, backend.given)))
            # One may have been asked for right before.
            assert len(backend.given) <= given + 1, "it does sleep"
            given = len(backend.given)

        page.await_that("another one", "told.at(-1).type === 'ready'")
        until("another session", lambda: len(backend.given) > given)
        opened.await_that("it goes on", STATUS, lambda status: status == 200)
        assert opened.evaluate("window.isTheFirst")

    def test_after_having_been_offline_the_page_goes_on(
        self, page: Frame, parent: Parent, backend: Backend
    ) -> None:
        opened = open_it(page, backend)
        page.tab.connect(connected=False)
        until("all grants have ended", lambda: not any(map(parent.has_grant, backend.given)))
        page.tab.connect(connected=True)

        opened.await_that("it goes on", STATUS, lambda status: status == 200)
        assert opened.evaluate("window.isTheFirst")
