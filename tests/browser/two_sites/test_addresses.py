"""An address with a session in it, where it should not have come to."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.browser.protected_page import ALONE, LOADED
from tests.browser.two_sites.cookie_settings import SETTINGS, CookieSetting
from tests.browser.two_sites.driving import Browser, Frame
from tests.browser.two_sites.parent import Parent
from tests.browser.two_sites.site import OTHER
from tests.browser.two_sites.ways import ByAddress
from tests.support.waiting import until

SCREENSHOTS = Path(__file__).parents[3] / "build" / "screenshots"

pytestmark = pytest.mark.usefixtures("transport")
# Of those that keep the grant; what is told here is the same by the others.
keeping_cookies = pytest.mark.parametrize(
    "setting", ["chromium-third-party-blocked", "firefox-kept-apart"], indirect=True
)
without_cookies = pytest.mark.parametrize(
    "setting",
    [name for name, setting in SETTINGS.items() if not setting.partitioned],
    indirect=True,
)

WAY = ByAddress()
ONCE = "Esta página só abre uma vez"
ENDED = "Seu acesso terminou"
STATUS = "fetch('/client/assets/data.json').then(answer => answer.status)"


@keeping_cookies
def test_a_stolen_address_is_refused_readably_and_the_page_goes_on(
    page: Frame, person: Browser, parent: Parent, setting: CookieSetting
) -> None:
    address = parent.page(WAY.embed(parent))
    page.tab.go(address)
    opened = WAY.opened(page)
    opened.await_text("h1", LOADED)

    with person.profile() as thief:
        theirs = Frame(thief.tab())
        theirs.tab.go(address)
        refused = WAY.opened(theirs)
        refused.await_text("h1", ONCE)
        refused.await_text("code", "401 session_invalid")
        theirs.tab.screenshot(photograph(setting, "refused"))

    opened.reload()
    opened.await_text("h1", LOADED)
    page.tab.screenshot(photograph(setting, "opened"))


def photograph(setting: CookieSetting, what: str) -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS / f"two-sites-{setting.browser}-{what}.png"


def is_unused(parent: Parent, session: Mapping[str, str]) -> bool:
    """Tell whether a session can still be redeemed, by redeeming it."""
    redeem = f"/auth/validate-session?session_id={session['session_id']}"
    return parent.ask("POST", redeem).status == 200


@keeping_cookies
def test_a_prefetch_burns_nothing(page: Frame, parent: Parent) -> None:
    session = parent.session()
    ended = "this.dataset.ended = true"  # Firefox has a refused one load, Chromium fail
    link = f'<link rel="prefetch" href="{{}}" onload="{ended}" onerror="{ended}">'
    page.tab.go(parent.page(link.format(session["iframe_url"])))
    page.await_that("prefetched", "document.querySelector('link').dataset.ended")
    assert is_unused(parent, session)


# Firefox knows no speculation rules.
@pytest.mark.parametrize("setting", ["chromium-third-party-blocked"], indirect=True)
@pytest.mark.parametrize("what", ["prefetch", "prerender"])
def test_a_speculation_burns_nothing(page: Frame, parent: Parent, what: str) -> None:
    session = parent.session()
    address = session["iframe_url"]
    rules = {what: [{"source": "list", "eagerness": "immediate", "urls": [address]}]}
    page.tab.go(parent.page(f'<script type="speculationrules">{json.dumps(rules)}</script>'))
    until("the server refused it", lambda: page.tab.statuses(address) == [403])
    assert is_unused(parent, session)


@keeping_cookies
def test_a_parent_of_a_wrong_origin_shows_nothing(page: Frame, parent: Parent) -> None:
    page.tab.go(parent.page(WAY.embed(parent), name=OTHER))
    WAY.opened(page).await_that(
        "a page of the browser's own stands in its place",
        "document.documentURI",
        lambda shown: shown.startswith(("chrome-error:", "about:neterror")),
    )


@keeping_cookies
def test_a_parent_of_a_wrong_origin_burns_nothing(page: Frame, parent: Parent) -> None:
    session = parent.session()
    page.tab.go(parent.page(f'<iframe src="{session["iframe_url"]}"></iframe>', name=OTHER))
    assert is_unused(parent, session)


@keeping_cookies
def test_a_revoked_page_loads_nothing_more(page: Frame, parent: Parent) -> None:
    session = parent.session()
    page.tab.go(parent.page(f'<iframe id="one" src="{session["iframe_url"]}"></iframe>'))
    opened = WAY.opened(page)
    opened.await_text("h1", LOADED)

    fingerprint = hashlib.sha256(session["session_id"].encode()).hexdigest()[:12]
    assert parent.ask("DELETE", f"/auth/sessions/{fingerprint}").status == 200

    assert opened.evaluate(STATUS) == 401
    opened.reload()
    opened.await_text("h1", ENDED)


@without_cookies
def test_where_no_cookie_is_kept_the_page_shows_and_its_files_are_refused(
    page: Frame, parent: Parent
) -> None:
    page.tab.go(parent.page(WAY.embed(parent)))
    opened = WAY.opened(page)
    opened.await_text("h1", ALONE)
    assert opened.evaluate(STATUS) == 401
    opened.reload()
    opened.await_text("h1", ONCE)
