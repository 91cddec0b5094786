"""What an embedded page can go on doing, in each browser, by each way to embed it."""

import pytest

from tests.browser.protected_page import LOADED
from tests.browser.two_sites.cookie_settings import SETTINGS
from tests.browser.two_sites.driving import Frame, Profile
from tests.browser.two_sites.parent import Parent
from tests.browser.two_sites.ways import WAYS, Way

GOES_ON = [
    (setting, way)
    for setting in SETTINGS
    for way in WAYS
    if SETTINGS[setting].partitioned or WAYS[way].survives_without_cookies
]
pytestmark = [
    pytest.mark.usefixtures("transport"),
    pytest.mark.parametrize(("setting", "way"), GOES_ON, indirect=True),
]

DATA = "fetch('/client/assets/data.json').then(answer => answer.status)"


def test_the_page_loads_its_scripts_and_data_and_survives_reloads(
    page: Frame, parent: Parent, way: Way
) -> None:
    page.tab.go(parent.page(way.embed(parent)))
    opened = way.opened(page)
    opened.await_text("h1", LOADED)
    opened.reload()
    opened.await_text("h1", LOADED)
    page.tab.reload()
    opened.await_text("h1", LOADED)


def test_the_page_is_there_after_going_back_and_forward(
    page: Frame, parent: Parent, way: Way
) -> None:
    before, elsewhere = parent.page(), parent.page()
    page.tab.go(before)
    page.tab.go(parent.page(way.embed(parent)))
    way.opened(page).await_text("h1", LOADED)
    page.tab.go(elsewhere)
    page.tab.back()
    way.opened(page).await_text("h1", LOADED)
    page.tab.back()
    page.tab.forward()
    way.opened(page).await_text("h1", LOADED)


def test_a_second_tab_shows_the_page_as_well(
    page: Frame, profile: Profile, parent: Parent, way: Way
) -> None:
    address = parent.page(way.embed(parent))
    second = Frame(profile.tab())
    for tab in (page, second, page):
        tab.tab.go(address)
        way.opened(tab).await_text("h1", LOADED)


def test_two_frames_of_one_page_open_and_survive_reloads(
    page: Frame, parent: Parent, way: Way
) -> None:
    page.tab.go(parent.page(way.embed(parent, "one"), way.embed(parent, "two")))
    one, two = way.opened(page, "one"), way.opened(page, "two")
    one.await_text("h1", LOADED)
    two.await_text("h1", LOADED)
    one.reload()
    one.await_text("h1", LOADED)
    page.tab.reload()
    one.await_text("h1", LOADED)
    two.await_text("h1", LOADED)


def test_the_page_goes_on_when_the_network_comes_back(
    page: Frame, parent: Parent, way: Way
) -> None:
    page.tab.go(parent.page(way.embed(parent)))
    opened = way.opened(page)
    opened.await_text("h1", LOADED)
    status = f"{DATA}.catch(error => error.name)"
    # A browser's processes hear of it one after the other.
    page.tab.connect(connected=False)
    opened.await_that("it is offline", status, lambda said: said == "TypeError")
    page.tab.connect(connected=True)
    opened.await_that("it is online", status, lambda said: said == 200)
    opened.reload()
    opened.await_text("h1", LOADED)
