"""A protected page that loads something, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.protected_page import LOADED, write_protected_page
from tests.support.framegate_server import FramegateServer, running_framegate
from tests.support.http_call import call

pytestmark = pytest.mark.usefixtures("transport")


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[FramegateServer]:
    folder = write_protected_page(tmp_path / "pages")
    environment = {"IFRAME_ROOT": str(folder), "LOG_LEVEL": "INFO"}
    with running_framegate(tmp_path / "gate", environment, "demo") as server:
        yield server


def a_session(gate: FramegateServer) -> str:
    """Return the address that it opens."""
    return gate.url + str(call("POST", f"{gate.url}/auth/create-session").fields["iframe_url"])


def test_a_page_loads_its_scripts_and_data_and_survives_a_reload(
    page: Page, gate: FramegateServer, complaints: list[str]
) -> None:
    address = a_session(gate)
    page.goto(address)
    expect(page.get_by_role("heading")).to_have_text(LOADED)
    for _ in range(2):
        page.reload()
        expect(page.get_by_role("heading")).to_have_text(LOADED)
    assert complaints == []


def test_a_stranger_with_the_same_address_gets_neither_the_page_nor_what_it_loads(
    page: Page, browser: Browser, gate: FramegateServer
) -> None:
    address = a_session(gate)
    page.goto(address)
    expect(page.get_by_role("heading")).to_have_text(LOADED)

    context = browser.new_context()
    stranger = context.new_page()
    refused = stranger.goto(address)
    assert refused is not None
    assert refused.status == 401
    script = stranger.goto(f"{gate.url}/client/assets/app.js")
    assert script is not None
    assert script.status == 401
    context.close()


def test_frames_that_open_at_the_same_moment_can_all_be_reloaded(
    page: Page, gate: FramegateServer
) -> None:
    addresses = [a_session(gate) for _ in range(4)]
    page.goto(f"{gate.url}/auth-demo")
    page.evaluate(
        """addresses => addresses.forEach(address => {
            const frame = document.createElement("iframe");
            frame.src = address;
            document.body.append(frame);
        })""",
        addresses,
    )
    for _ in range(2):
        for address in addresses:
            frame = page.frame_locator(f'iframe[src="{address}"]')
            expect(frame.get_by_role("heading")).to_have_text(LOADED)
            page.locator(f'iframe[src="{address}"]').evaluate(
                """frame => new Promise(done => {
                    frame.onload = done;
                    frame.contentWindow.location.reload();
                })"""
            )
