"""The sites of ``examples/`` in a real browser: their own origin is one site, framegate another."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from attrs import frozen
from playwright.sync_api import FrameLocator, Page, expect

from tests.support.example_sites import (
    EXPRESS,
    FLASK,
    SITES,
    STATIC,
    Site,
    install_sites,
    running_site,
)
from tests.support.framegate_server import (
    KEYS,
    FramegateServer,
    bearer,
    running_framegate,
    write_clients,
)
from tests.support.http_call import Answer, call
from tests.support.redis_server import free_port

EVENTS = """
window.heard = [];
for (const type of ["ready", "refused", "expired", "error"]) {
  addEventListener(type, (event) => {
    if (event.target.localName === "framegate-embed") heard.push([type, event.detail.code ?? null]);
  }, true);
}
"""
EMBED = "document.querySelector('framegate-embed')"
ASK_AS_ROOT = """async () => (await fetch("/framegate/session", {
  method: "POST",
  headers: {"Content-Type": "application/json"},
  body: JSON.stringify({subject: "root"}),
})).json()"""


@frozen
class Parent:
    url: str
    framegate: FramegateServer

    def ask_for_a_session(self, **said: object) -> Answer:
        return call("POST", f"{self.url}/framegate/session", **said)  # type: ignore[arg-type]

    @property
    def sessions(self) -> int:
        """How many have been created so far."""
        status = call("GET", f"{self.framegate.url}/auth/session-status", headers=bearer(KEYS.ops))
        return int(status.fields["total_created"])


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_sites(tmp_path_factory.mktemp("examples") / "sites")


@pytest.fixture
def run(tmp_path: Path, installed: Path) -> Iterator[Callable[[Site], Parent]]:
    with ExitStack() as running:

        def start(site: Site) -> Parent:
            port = free_port()
            clients = write_clients(tmp_path / "clients.toml", origin=f"http://localhost:{port}")
            environment = {"STORAGE": "memory", "CLIENTS_FILE": str(clients), "DRAIN_SECONDS": "0"}
            framegate = running.enter_context(
                running_framegate(tmp_path / "framegate", environment, "serve")
            )
            url = running.enter_context(
                running_site(site, installed, tmp_path / site.name, port, framegate.url)
            )
            return Parent(url, framegate)

        yield start


@pytest.fixture(params=SITES, ids=[site.name for site in SITES])
def parent(request: pytest.FixtureRequest, run: Callable[[Site], Parent]) -> Parent:
    return run(request.param)


def protected(page: Page) -> FrameLocator:
    """Return the protected page: the doorstep is around it."""
    return page.frame_locator("framegate-embed iframe").frame_locator("iframe")


def test_the_page_opens_inside_the_site_and_again_after_a_reload(
    page: Page, parent: Parent
) -> None:
    page.add_init_script(EVENTS)
    page.goto(parent.url)
    for _ in range(2):
        expect(protected(page).locator("html")).to_have_attribute("data-framegate", "opened")
        expect(page.get_by_role("alert")).to_be_hidden()
        page.wait_for_function("heard.length > 0")
        assert page.evaluate("heard") == [["ready", None]]
        page.reload()


def test_a_person_reads_that_the_page_cannot_be_opened_while_framegate_is_away(
    page: Page, parent: Parent
) -> None:
    page.add_init_script(EVENTS)
    page.goto(parent.url)
    expect(protected(page).locator("html")).to_have_attribute("data-framegate", "opened")
    parent.framegate.stop()

    page.evaluate(f"{EMBED}.refresh()")
    page.wait_for_function("heard.length > 1")
    assert page.evaluate("heard[1]") == ["error", "session_url"]
    expect(page.get_by_role("alert")).to_be_visible()

    page.reload()  # and where its script does not come either
    expect(page.get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize("site", [FLASK, EXPRESS], ids=["flask", "express"])
def test_a_session_is_of_who_is_logged_in_and_of_nobody_else(
    page: Page, site: Site, run: Callable[[Site], Parent]
) -> None:
    parent = run(site)
    assert parent.ask_for_a_session(body={"subject": "root"}).status == 401
    assert parent.sessions == 0

    page.goto(parent.url)
    session_id = page.evaluate(ASK_AS_ROOT)["session_id"]
    validate = f"{parent.framegate.url}/auth/validate-session"
    told = call("POST", validate, headers=bearer(KEYS.portal), body={"session_id": session_id})
    assert told.fields["subject"] == "ana"


def test_a_visitor_of_a_site_of_files_cannot_say_who_he_is(run: Callable[[Site], Parent]) -> None:
    parent = run(STATIC)
    for body in ({"subject": "root"}, {}):
        assert parent.ask_for_a_session(body=body).status >= 400
    assert parent.sessions == 0
    assert parent.ask_for_a_session().status == 200
