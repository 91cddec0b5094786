"""A browser that takes no cookies in frames: what a page loads by its bearer, and where it leads.

nginx stands before framegate and an application, as deploy/nginx has it.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.parent_site import Parent, await_heard, running_parent, shown, told
from tests.browser.protected_page import write_protected_page
from tests.support.framegate_server import running_framegate, write_clients
from tests.support.gate import Places
from tests.support.nginx import running_nginx
from tests.support.redis_server import free_port
from tests.support.waiting import until

NO_COOKIES = """
Object.defineProperty(Document.prototype, "cookie", { get: () => "", set: () => {} });
"""
LINKED = """<!DOCTYPE html><title>Linked</title><h1>...</h1><script>
const request = new XMLHttpRequest();
request.open("GET", "assets/data.json");
request.onload = () => {
  document.querySelector("h1").textContent = `Linked ${JSON.parse(request.response).heading}`;
};
request.send();
</script>"""
BECOME_A_LINK = "(heading, to) => { heading.innerHTML = `<a href='${to}'>Linked</a>`; }"
ASK_WITH_ITS_OWN = """async () => {
  const ask = (headers) => new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("GET", "assets/data.json");
    for (const name in headers) request.setRequestHeader(name, headers[name]);
    request.onloadend = done;
    request.send();
  });
  await ask({ authorization: "Basic own" });
  await fetch("assets/data.json", { headers: { Authorization: "Basic own" } });
  await ask({});
}"""
LEAVE = ["location.reload()", "location.assign('linked.html')"]
USUAL, DEEP, APPLICATION = "client", "client/deep", "application/app"
"""Folders of pages: framegate's two, and the application's. Each page tells its own."""
TO = {
    USUAL: "",
    DEEP: 'to="/framegate/client/deep/iframe.html"',
    APPLICATION: 'to="/app/iframe.html"',
}


class Files(SimpleHTTPRequestHandler):
    """The application: it has a folder of files."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running_application(folder: Path) -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def write_pages(root: Path, name: str) -> None:
    folder = write_protected_page(root / name)
    (folder / "assets" / "data.json").write_text(json.dumps({"heading": name}))
    (folder / "linked.html").write_text(LINKED)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parent]:
    folder = tmp_path_factory.mktemp("gate")
    for name in TO:
        write_pages(folder, name)
    (folder / "nginx").mkdir()
    port, framegate_port, own = free_port(), free_port(), free_port()
    environment = {
        "PORT": str(framegate_port),
        "STORAGE": "memory",
        "CLIENTS_FILE": str(write_clients(folder / "c.toml", origin=f"http://localhost:{port}")),
        "DRAIN_SECONDS": "0",
        "IFRAME_ROOT": str(folder / "client"),
        "PUBLIC_URL": f"http://127.0.0.1:{own}/framegate",
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    with (
        running_framegate(folder / "framegate", environment, "serve") as framegate,
        running_application(folder / "application") as application,
        running_nginx(folder / "nginx", Places(framegate_port, application, own)),
        running_parent(port, framegate.url, environment["PUBLIC_URL"]) as parent,
    ):
        until("nginx listens", (folder / "nginx" / "nginx.pid").exists)
        yield parent


@pytest.fixture(autouse=True)
def cookieless(page: Page, parent: Parent) -> None:
    page.add_init_script(NO_COOKIES)
    parent.given.clear()


@pytest.mark.parametrize("name", TO)
def test_a_page_loads_what_stands_beside_it_and_reloads(
    page: Page, parent: Parent, name: str
) -> None:
    parent.show(page, parent.embed(TO[name]))
    heading = shown(page).locator("h1")
    expect(heading).to_have_text(name)
    heading.evaluate("heading => { heading.textContent = 'Before'; }")

    heading.evaluate("() => { setTimeout(() => location.reload()); }")

    expect(heading).to_have_text(name)
    assert [event["hold"] for event in told(page, "ready")] == ["bearer"]
    assert len(parent.given) == 1


@pytest.mark.parametrize("name", TO)
def test_a_link_leads_to_another_guarded_page_which_loads_what_it_needs(
    page: Page, parent: Parent, name: str
) -> None:
    parent.show(page, parent.embed(TO[name]))
    heading = shown(page).locator("h1")
    expect(heading).to_have_text(name)
    heading.evaluate(BECOME_A_LINK, "linked.html")

    shown(page).get_by_role("link").click()

    expect(heading).to_have_text(f"Linked {name}")


@pytest.mark.parametrize("leave", LEAVE)
def test_a_page_that_is_left_without_the_bearer_goes_back_to_the_first_one(
    page: Page, parent: Parent, leave: str
) -> None:
    parent.show(page, parent.embed())
    heading = shown(page).locator("h1")
    expect(heading).to_have_text(USUAL)
    heading.evaluate(BECOME_A_LINK, "deep/linked.html")
    shown(page).get_by_role("link").click()
    expect(heading).to_have_text(f"Linked {DEEP}")

    heading.evaluate(f"() => {{ setTimeout(() => {leave}); }}")

    expect(heading).to_have_text(USUAL)
    assert len(parent.given) == 1


def test_a_bearer_that_is_refused_is_told_once_and_another_opens_the_page(
    page: Page, parent: Parent
) -> None:
    def revoke_the_first(route: Route) -> None:
        if len(parent.given) == 1:
            parent.revoke_latest()
        route.continue_()

    page.route("**/client/iframe.html", revoke_the_first)
    parent.show(page, parent.embed())

    await_heard(page, "ready", times=2)

    expect(shown(page).locator("h1")).to_have_text(USUAL)
    assert len(told(page, "expired")) == 1
    assert len(parent.given) == 2


def test_what_the_page_itself_says_by_authorization_stands(page: Page, parent: Parent) -> None:
    parent.show(page, parent.embed())
    expect(shown(page).locator("h1")).to_have_text(USUAL)
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("assets/data.json"):
            sent.append(request.headers.get("authorization", ""))

    page.on("request", note)

    shown(page).locator("h1").evaluate(ASK_WITH_ITS_OWN)

    assert sent[:2] == ["Basic own", "Basic own"]
    assert sent[2].startswith("Bearer fgg_")


def test_a_fetch_of_no_address_is_rejected_and_not_thrown(page: Page, parent: Parent) -> None:
    parent.show(page, parent.embed())
    heading = shown(page).locator("h1")
    expect(heading).to_have_text(USUAL)

    assert heading.evaluate("() => fetch('http://[').catch((error) => error.name)") == "TypeError"
