"""What docs/embedding.md has people put into their pages works as it says."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.parent_site import stop_time
from tests.support.framegate_server import (
    KEYS,
    FramegateServer,
    bearer,
    running_framegate,
    write_clients,
)
from tests.support.http_call import Answer, call
from tests.support.redis_server import free_port
from tests.support.snippets import GUIDE, block_with, blocks

TAG, FUNCTION, FORM, ADDRESS = "<framegate-embed", "import { embed }", "SESSION_ID", "IFRAME_URL"
LISTENER = 'addEventListener("message"'
TOKEN = "a token against forged requests"
SAYS_WHAT_IT_HEARS = """<script>
  addEventListener("message", ({ data }) => { document.title = data.type; });
</script>"""
OPENED = "html[data-framegate=opened]"
CONFIRMED = 'entry = "confirm"'


class Portal(BaseHTTPRequestHandler):
    """A site that has the snippets in its pages, and whose route wants a token where told to."""

    framegate = ""
    page = ""
    headers_of_page: Mapping[str, str] = {}
    token: str | None = None

    def do_GET(self) -> None:
        self.send_response(200)
        for name, value in {"Content-Type": "text/html", **self.headers_of_page}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.page.encode())

    def do_POST(self) -> None:
        allowed = self.token in (None, self.headers["X-CSRF-Token"])
        self.send_response(200 if allowed else 403)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if allowed:
            self.wfile.write(ask_for_a_session(self.framegate).body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def ask_for_a_session(framegate: str) -> Answer:
    return call("POST", f"{framegate}/auth/create-session", headers=bearer(KEYS.portal))


@contextmanager
def portal(port: int, page: str, **more: object) -> Iterator[str]:
    handler = type("PortalWithPage", (Portal,), {"page": f"<!DOCTYPE html>{page}", **more})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def framegate(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[FramegateServer]:
    with running_for(tmp_path_factory.mktemp("framegate"), port) as server:
        yield server


@pytest.fixture
def confirming(tmp_path: Path, port: int) -> Iterator[FramegateServer]:
    """One where an address asks before it opens."""
    assert any(CONFIRMED in block for block in blocks(GUIDE, "toml"))
    with running_for(tmp_path, port, CONFIRMED) as server:
        yield server


@contextmanager
def running_for(folder: Path, port: int, entry: str = "") -> Iterator[FramegateServer]:
    """Run a framegate for the portal on a port; ``entry`` is more of the client's own."""
    clients = write_clients(folder / "clients.toml", entry, f"http://localhost:{port}")
    environment = {"STORAGE": "memory", "CLIENTS_FILE": str(clients), "DRAIN_SECONDS": "0"}
    with running_framegate(folder / "framegate", environment, "serve") as server:
        yield server


def snippet(mark: str, framegate: FramegateServer) -> str:
    """Return the snippet with a session of its own where it needs one."""
    text = block_with(GUIDE, "html", mark).replace("https://frame.example", framegate.url)
    if mark not in (FORM, ADDRESS):
        return text
    session = ask_for_a_session(framegate.url).fields
    url = framegate.url + session["iframe_url"]
    return text.replace(FORM, session["session_id"]).replace(ADDRESS, url)


def expect_opened(page: Page, *, by_doorstep: bool = True) -> None:
    frame = page.frame_locator("iframe")
    shown = frame.frame_locator("iframe") if by_doorstep else frame
    expect(shown.locator(OPENED)).to_be_attached()


@pytest.mark.parametrize("mark", [TAG, FORM, ADDRESS], ids=["tag", "form", "address"])
def test_each_way_in_opens_the_page(
    page: Page, port: int, framegate: FramegateServer, mark: str
) -> None:
    with portal(port, snippet(mark, framegate), framegate=framegate.url) as url:
        page.goto(url)
        expect_opened(page, by_doorstep=mark != ADDRESS)


def test_the_function_brings_a_token_and_tells_what_became_of_it(
    page: Page, port: int, framegate: FramegateServer
) -> None:
    html = f'<meta name="csrf-token" content="{TOKEN}">{snippet(FUNCTION, framegate)}'
    with portal(port, html, framegate=framegate.url, token=TOKEN) as url:
        page.goto(url)
        expect_opened(page)
        expect(page).to_have_title("Report (cookie)")


def test_an_address_that_is_confirmed_opens_after_it_was_looked_at(
    page: Page, port: int, confirming: FramegateServer
) -> None:
    html = snippet(ADDRESS, confirming)
    address = html.partition('src="')[2].partition('"')[0]
    assert call("GET", address).status == 200
    with portal(port, html) as url:
        page.goto(url)
        expect_opened(page)


def test_a_confirmed_page_is_watched_over_also_after_the_page_around_it_has_reloaded(
    page: Page, port: int, confirming: FramegateServer
) -> None:
    stop_time(page)
    with portal(port, snippet(ADDRESS, confirming) + SAYS_WHAT_IT_HEARS) as url:
        page.goto(url)
        expect_opened(page)
        page.reload()
        expect_opened(page)
        doorstep = page.frame_locator("iframe")
        assert "fgs_" not in doorstep.locator("html").evaluate("() => location.href")

        revoked = call(
            "DELETE", f"{confirming.url}/auth/sessions?client=portal", headers=bearer(KEYS.portal)
        )
        assert revoked.fields["grants_revoked"] == 1
        page.clock.run_for(60_000)
        expect(page).to_have_title("expired")
        page.clock.run_for(5_000)

        expect(doorstep.locator("iframe")).not_to_be_attached()
        expect(doorstep.get_by_role("heading", name="Seu acesso terminou")).to_be_visible()


def test_the_policy_of_the_guide_is_enough_for_the_tag(
    page: Page, port: int, framegate: FramegateServer, complaints: list[str]
) -> None:
    (policy,) = blocks(GUIDE, "http")
    name, _, value = policy.strip().replace("https://frame.example", framegate.url).partition(": ")
    headers = {name: f"default-src 'none'; {value}"}
    html = snippet(TAG, framegate)
    with portal(port, html, framegate=framegate.url, headers_of_page=headers) as url:
        page.goto(url)
        expect_opened(page)
    assert not [text for text in complaints if "Content Security Policy" in text]


def test_a_page_hears_why_its_frame_was_refused(
    page: Page, port: int, framegate: FramegateServer
) -> None:
    html = snippet(LISTENER, framegate) + snippet(ADDRESS, framegate)
    address = html.partition('src="')[2].partition('"')[0]
    assert call("GET", address).status == 200  # somebody else was first
    with portal(port, html) as url:
        page.goto(url)
        expect(page).to_have_title("Refused: session_invalid")
        expect(page.frame_locator("iframe").get_by_role("heading")).to_be_visible()
