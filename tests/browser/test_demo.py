"""The demo, as somebody sees it who tries framegate for the first time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DEMO
from tests.support.framegate_server import FramegateServer, running_framegate
from tests.support.http_call import call
from tests.support.quiet_server import QuietServer

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"


@pytest.fixture(scope="module")
def lasting_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FramegateServer]:
    """One for all that do not look at how much there is of anything."""
    with running_framegate(tmp_path_factory.mktemp("demo"), DEMO, "demo") as server:
        yield server


def figure(page: Page, name: str) -> int:
    return int(page.get_by_test_id(f"figure-{name}").get_attribute("value") or "-1")


def expect_figures(page: Page, *, active: int, used: int, total: int) -> None:
    for name, value in {"active": active, "used": used, "total": total}.items():
        expect(page.get_by_test_id(f"figure-{name}")).to_have_attribute("value", str(value))


def open_once_and_again(page: Page, demo: FramegateServer) -> None:
    page.goto(f"{demo.url}/auth-demo")
    page.get_by_test_id("create").click()
    expect(page.get_by_test_id("result-create")).to_have_attribute("data-result", "created")
    page.get_by_test_id("open-first").click()
    expect(page.get_by_test_id("result-first")).to_have_attribute("data-result", "opened")
    page.get_by_test_id("open-second").click()
    expect(page.get_by_test_id("result-second")).to_have_attribute("data-result", "refused")


def test_the_iframe_opens_once_and_the_second_attempt_is_refused(
    page: Page, demo: FramegateServer, complaints: list[str]
) -> None:
    page.goto(f"{demo.url}/auth-demo")
    expect_figures(page, active=0, used=0, total=0)

    page.get_by_test_id("create").click()
    expect_figures(page, active=1, used=0, total=1)

    page.get_by_test_id("open-first").click()
    first = page.frame_locator("[data-testid=frame-first]")
    expect(first.locator("html")).to_have_attribute("data-framegate", "opened")
    expect(first.get_by_role("heading", level=1)).to_be_visible()
    expect_figures(page, active=0, used=1, total=1)

    page.get_by_test_id("open-second").click()
    second = page.frame_locator("[data-testid=frame-second]")
    expect(second.locator("html")).to_have_attribute("data-framegate", "refused")
    expect(second.get_by_role("heading")).to_have_text("Esta página só abre uma vez")
    expect(second.get_by_text("session_invalid")).to_be_visible()
    # The page is styled: its stylesheet was let through by its own policy.
    assert second.locator("body").evaluate("e => getComputedStyle(e).fontFamily") != "serif"
    # The first one stays open beside it.
    expect(first.locator("html")).to_have_attribute("data-framegate", "opened")
    expect_figures(page, active=0, used=1, total=1)

    log = page.get_by_test_id("log").get_by_role("listitem")
    expect(log).to_have_count(3)
    assert complaints == []


def test_the_frame_can_be_reloaded_in_the_browser_that_has_opened_it(
    page: Page, demo: FramegateServer, complaints: list[str]
) -> None:
    page.goto(f"{demo.url}/auth-demo")
    page.get_by_test_id("create").click()
    page.get_by_test_id("open-first").click()
    frame_element = page.get_by_test_id("frame-first")
    first = page.frame_locator("[data-testid=frame-first]")
    expect(first.locator("html")).to_have_attribute("data-framegate", "opened")
    with page.expect_response("**/client/iframe.html*") as reloaded:
        frame_element.evaluate("frame => frame.contentWindow.location.reload()")
    assert reloaded.value.status == 200
    expect(first.locator("html")).to_have_attribute("data-framegate", "opened")
    expect_figures(page, active=0, used=1, total=1)
    assert complaints == []


def test_the_session_id_is_shown_nowhere_in_full(page: Page, lasting_demo: FramegateServer) -> None:
    page.goto(f"{lasting_demo.url}/auth-demo")
    with page.expect_response("**/auth/create-session") as created:
        page.get_by_test_id("create").click()
    session_id = created.value.json()["session_id"]
    expect(page.get_by_test_id("result-create")).to_have_attribute("data-result", "created")
    assert session_id not in page.locator("body").inner_text()


def test_a_demo_whose_server_has_gone_says_so(page: Page, demo: FramegateServer) -> None:
    page.goto(f"{demo.url}/auth-demo")
    demo.stop()
    page.get_by_test_id("create").click()
    expect(page.get_by_test_id("result-create")).to_have_attribute("data-result", "silent")


def test_the_demo_speaks_the_language_of_the_browser(
    browser: Browser, lasting_demo: FramegateServer
) -> None:
    for locale, language in {"pt-BR": "pt-BR", "pt-PT": "pt-BR", "en-GB": "en"}.items():
        page = browser.new_page(locale=locale)
        page.goto(f"{lasting_demo.url}/auth-demo")
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.close()


@pytest.mark.parametrize(
    ("width", "height", "scheme", "locale"),
    [
        (1280, 900, "light", "en"),
        (1280, 900, "dark", "pt-BR"),
        (360, 740, "light", "pt-BR"),
        (360, 740, "dark", "en"),
        (320, 640, "light", "pt-BR"),
    ],
)
def test_the_demo_fits_its_window_and_is_photographed(
    browser: Browser,
    lasting_demo: FramegateServer,
    scheme: Literal["light", "dark"],
    width: int,
    height: int,
    locale: str,
) -> None:
    page = browser.new_page(
        locale=locale, viewport={"width": width, "height": height}, color_scheme=scheme
    )
    open_once_and_again(page, lasting_demo)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0, "the page scrolls sideways"
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"demo-{width}-{scheme}-{locale}.png"
    page.screenshot(path=path, full_page=True)
    assert path.stat().st_size > 10_000
    page.close()


def test_the_whole_demo_works_by_keyboard(page: Page, lasting_demo: FramegateServer) -> None:
    page.goto(f"{lasting_demo.url}/auth-demo")
    for name in ("create", "open-first", "open-second"):
        for _ in range(12):
            page.keyboard.press("Tab")
            focused = "document.activeElement?.dataset.testid"
            if page.evaluate(focused) == name:
                break
        assert page.evaluate(focused) == name, f"{name} is not reached by Tab"
        page.keyboard.press("Enter")
        result = {"create": "create", "open-first": "first", "open-second": "second"}[name]
        expected = {"create": "created", "first": "opened", "second": "refused"}[result]
        expect(page.get_by_test_id(f"result-{result}")).to_have_attribute("data-result", expected)
        page.evaluate("document.body.focus()")


class Parent(BaseHTTPRequestHandler):
    """A parent application whose page has the browser fetch the iframe ahead of time."""

    url = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<!DOCTYPE html><link rel="prefetch" href="{self.url}">'.encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def a_parent_that_prefetches(url: str) -> Iterator[str]:
    handler = type("Prefetching", (Parent,), {"url": url})
    # Browsers open connections ahead of time, and say nothing on them: each has its own thread.
    with QuietServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_a_prefetch_by_the_browser_burns_nothing(page: Page, lasting_demo: FramegateServer) -> None:
    created = call("POST", f"{lasting_demo.url}/auth/create-session").fields
    url = lasting_demo.url + created["iframe_url"]
    with a_parent_that_prefetches(url) as parent:
        with page.expect_response(url) as prefetched:
            page.goto(parent)
        assert prefetched.value.request.headers["sec-purpose"].startswith("prefetch")
        assert prefetched.value.status == 403
        opened = page.goto(url)
        assert opened is not None
        assert opened.status == 200
