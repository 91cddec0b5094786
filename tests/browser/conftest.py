"""A real Chromium, driven by playwright; the browser is the system's, not a download."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.chromium import QUIET, find_chromium
from tests.support.framegate_server import FramegateServer, running_framegate

DEMO = {"LOG_LEVEL": "INFO"}
PATIENCE_MS = 30_000
"""Only to end a test that waits in vain; without it, five seconds."""

expect.set_options(timeout=PATIENCE_MS)


# No longer than these tests: playwright keeps an event loop running in this thread.
@pytest.fixture(scope="package")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=find_chromium(), args=QUIET)
    yield browser
    browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser itself found wrong with a page: violated policies, failed scripts."""
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(locale="pt-BR", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: _note(message.type, message.text, complaints))
    yield page
    context.close()


def _note(kind: str, text: str, complaints: list[str]) -> None:
    # That a request was refused is what these tests are about, and no complaint.
    if kind in ("error", "warning") and "Failed to load resource" not in text:
        complaints.append(text)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[FramegateServer]:
    with running_framegate(tmp_path / "demo", DEMO, "demo") as server:
        yield server


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks when it is its turn
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares a browser, so that no process starts it a second time: the tests
    of a setting, else those of a file (``--dist loadgroup`` of pytest-xdist)."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            parameters = getattr(getattr(item, "callspec", None), "params", {})
            group = parameters.get("setting", item.path.stem)
            item.add_marker(pytest.mark.xdist_group(str(group)))
