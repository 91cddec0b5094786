"""The doctor for embeds, in browsers set as people set them."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from attrs import frozen
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from tests.browser import conftest
from tests.browser.conftest import DEMO
from tests.browser.parent_site import stop_time
from tests.browser.settled_chromium import settled_chromium
from tests.support.framegate_server import FramegateServer, running_framegate
from tests.support.http_call import call
from tests.support.waiting import until

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
PATIENCE_MS = 8000  # of the page


@frozen
class Setting:
    """What a person has chosen for cookies, and what the frame of another site gets by it."""

    preferences: Mapping[str, object]
    outcome: str
    hold: str
    refused: frozenset[str]


SETTINGS = {
    "all": Setting({"cookie_controls_mode": 0}, "cookie", "cookie", frozenset()),
    "third-party-blocked": Setting(
        {"cookie_controls_mode": 1, "block_third_party_cookies": True},
        *("cookie", "cookie", frozenset({"plain", "access"})),
    ),
    "site-blocked": Setting(
        {"content_settings": {"exceptions": {"cookies": {"127.0.0.1,*": {"setting": 2}}}}},
        *("memory", "bearer"),
        frozenset({"host", "script", "partitioned", "plain", "session", "local", "access"}),
    ),
}
ALWAYS_REFUSED = frozenset({"isolated"})


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FramegateServer]:
    """One for all: the doctor keeps nothing."""
    with running_framegate(tmp_path_factory.mktemp("demo"), DEMO, "demo") as server:
        yield server


@pytest.fixture(scope="module", params=SETTINGS)
def setting(request: pytest.FixtureRequest) -> Setting:
    return SETTINGS[request.param]


@pytest.fixture(scope="module")
def person(
    setting: Setting, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("person")
    with settled_chromium(browser.browser_type, folder, setting.preferences) as settled:
        yield settled.browser


@pytest.fixture
def persons_page(person: Browser, complaints: list[str]) -> Iterator[Page]:
    context = person.new_context(locale="en", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(conftest.PATIENCE_MS)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    yield page
    context.close()


def doctor_at(demo: FramegateServer, host: str = "localhost") -> str:
    return f"http://{host}:{urlsplit(demo.url).port}/auth-demo/doctor"


def expect_outcome(page: Page, place: str, outcome: str) -> FrameLocator:
    """Expect that of the frame and of the page around it."""
    box = page.get_by_test_id(f"outcome-{place}")
    expect(box).to_have_attribute("data-outcome", outcome)
    frame = page.frame_locator(f"[data-testid=frame-{place}]")
    expect(frame.get_by_test_id("verdict")).to_have_attribute("data-outcome", outcome)
    return frame


def refused_in(frame: FrameLocator) -> set[str]:
    expect(frame.locator("[data-check]:not([data-allowed])")).to_have_count(0)
    names = frame.locator("[data-allowed=no]")
    return set(names.evaluate_all("all => all.map((one) => one.dataset.check)"))


def test_it_tells_what_the_browser_allows_in_the_frame_of_another_site(
    persons_page: Page, demo: FramegateServer, setting: Setting, complaints: list[str]
) -> None:
    persons_page.goto(doctor_at(demo))

    frame = expect_outcome(persons_page, "other", setting.outcome)
    assert refused_in(frame) == setting.refused | ALWAYS_REFUSED
    origin = demo.url.replace("127.0.0.1", "localhost")
    expect(frame.locator("[data-check=parent] .badge")).to_have_text(f"{origin}, another site")
    expect(frame.locator("[data-check=referrer] .badge")).to_have_text(origin)
    same = expect_outcome(persons_page, "same", "cookie")
    assert refused_in(same) == ALWAYS_REFUSED
    assert complaints == []


class Parent(BaseHTTPRequestHandler):
    """A parent application with one page."""

    html = ""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.html.encode() if self.path == "/" else b"")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def a_parent(html: str) -> Iterator[str]:
    handler = type("ParentOf", (Parent,), {"html": f"<!DOCTYPE html>{html}"})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


HAND_OVER = """id => new Promise((resolve) => {
    addEventListener("message", ({ data }) => data.type === "entered" && resolve(data.hold));
    const frame = document.querySelector("iframe").contentWindow;
    frame.postMessage({ framegate: 1, type: "session", session_id: id }, "*");
})"""


def test_framegate_goes_the_way_that_the_doctor_tells(
    persons_page: Page, demo: FramegateServer, setting: Setting
) -> None:
    session_id = call("POST", f"{demo.url}/auth/create-session").fields["session_id"]
    address = f"{demo.url}/client/enter?client={session_id.split('_')[1]}"
    with a_parent(f'<iframe src="{address}"></iframe>') as parent:
        persons_page.goto(parent)
        assert persons_page.evaluate(HAND_OVER, session_id) == setting.hold


@pytest.mark.parametrize(
    ("sandbox", "outcome"),
    [("allow-scripts", "sandbox"), ("allow-scripts allow-same-origin", "cookie")],
)
def test_a_sandboxed_frame_tells_whether_it_works(
    page: Page, demo: FramegateServer, complaints: list[str], sandbox: str, outcome: str
) -> None:
    address = doctor_at(demo, "127.0.0.1")
    with a_parent(f'<iframe src="{escape(address)}" sandbox="{sandbox}"></iframe>') as parent:
        page.goto(parent)
        frame = page.frame_locator("iframe")
        expect(frame.get_by_test_id("verdict")).to_have_attribute("data-outcome", outcome)
        origin = frame.locator("[data-check=origin]")
        expect(origin).to_have_attribute("data-allowed", "no" if outcome == "sandbox" else "yes")
        # It is styled, which takes CORS where a page has no origin.
        assert frame.locator("body").evaluate("e => getComputedStyle(e).fontFamily") != "serif"
    assert complaints == []


def test_a_sandboxed_frame_without_scripts_says_so(page: Page, demo: FramegateServer) -> None:
    with a_parent(f'<iframe src="{doctor_at(demo, "127.0.0.1")}" sandbox></iframe>') as parent:
        page.goto(parent)
        said = page.frame_locator("iframe").locator("noscript p")
        expect(said).to_be_visible()
        expect(said).to_contain_text("allow-scripts")


@pytest.mark.parametrize("coep", ["require-corp", "credentialless"])
def test_an_isolated_page_says_why_its_frames_stay_shut(
    page: Page, demo: FramegateServer, coep: str
) -> None:
    stop_time(page)
    page.goto(f"{doctor_at(demo)}?coep={coep}")
    expect(page.get_by_test_id("outcome-other")).to_have_attribute("data-outcome", "waiting")
    page.clock.run_for(PATIENCE_MS)
    for place in ("other", "same"):
        box = page.get_by_test_id(f"outcome-{place}")
        expect(box).to_have_attribute("data-outcome", "isolated")
        expect(box).to_contain_text("Cross-Origin-Embedder-Policy")


def test_a_frame_that_never_loads_is_missed(page: Page, demo: FramegateServer) -> None:
    page.clock.install()
    page.route("http://127.0.0.1:*/**", block)
    page.goto(doctor_at(demo))
    expect_outcome(page, "same", "cookie")
    page.clock.fast_forward(PATIENCE_MS)
    expect(page.get_by_test_id("outcome-other")).to_have_attribute("data-outcome", "silent")
    expect(page.get_by_test_id("outcome-same")).to_have_attribute("data-outcome", "cookie")


def block(route: Route) -> None:
    """Do as an extension does that keeps a request from leaving."""
    route.abort()


def without_cookies(route: Route) -> None:
    """Pass a request on as a proxy does that lets no cookie through."""
    asked = route.request
    headers = {name: value for name, value in asked.headers.items() if name != "cookie"}
    route.fulfill(json=call(asked.method, asked.url, headers=headers).fields)


@pytest.mark.parametrize(("way", "outcome"), [(without_cookies, "lost"), (block, "unreachable")])
def test_what_happens_on_the_way_to_the_server_is_noticed(
    page: Page, demo: FramegateServer, way: Callable[[Route], None], outcome: str
) -> None:
    page.route("**/doctor/request", way)
    page.goto(doctor_at(demo))
    for place in ("other", "same"):
        expect_outcome(page, place, outcome)


@pytest.mark.parametrize(
    ("host", "other"), [("localhost", "127.0.0.1"), ("127.0.0.1", "localhost")]
)
def test_the_demo_leads_to_it_by_either_name(
    page: Page, demo: FramegateServer, complaints: list[str], host: str, other: str
) -> None:
    page.goto(doctor_at(demo, host).removesuffix("/doctor"))
    page.get_by_role("link", name="Diagnóstico de frames").click()
    expect_outcome(page, "other", "cookie")
    frame = page.get_by_test_id("frame-other")
    expect(frame).to_have_attribute("src", doctor_at(demo, other))
    assert complaints == []


def test_it_can_be_read_and_left_by_keyboard(page: Page, demo: FramegateServer) -> None:
    page.goto(doctor_at(demo))
    expect_outcome(page, "other", "cookie")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert "Ir para o diagnóstico" in reached
    assert {"require-corp", "credentialless"} <= set(reached), "a frame has kept the focus"


@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [(1280, "light", "pt-BR"), (1280, "dark", "en"), (360, "light", "en"), (360, "dark", "pt-BR")],
)
def test_it_fits_its_window_and_is_photographed(
    person: Browser,
    demo: FramegateServer,
    setting: Setting,
    scheme: Literal["light", "dark"],
    width: int,
    locale: str,
) -> None:
    # So high that nothing of a frame is outside: browsers paint no more of it.
    page = person.new_page(
        locale=locale, viewport={"width": width, "height": 5200}, color_scheme=scheme
    )
    page.goto(doctor_at(demo))
    frame = expect_outcome(page, "other", setting.outcome)
    expect_outcome(page, "same", "cookie")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0, "the page scrolls sideways"
    assert frame.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") == 0
    # How high it is the frame tells, and the page around it has to hear.
    cut_off = "e => e.scrollHeight - e.clientHeight"
    until("nothing is cut off", lambda: frame.locator("html").evaluate(cut_off) == 0)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"doctor-{setting.outcome}-{width}-{scheme}-{locale}.png"
    page.locator("main").screenshot(path=path)
    assert path.stat().st_size > 10_000
    page.close()
