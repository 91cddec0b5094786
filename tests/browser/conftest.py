"""A real Chromium, driven by playwright; the browser is the system's, not a download."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.framegate_server import FramegateServer, running_framegate

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

# Quiet: no sandbox as root, and no calls home.
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


# No longer than these tests: playwright keeps an event loop running in this thread.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
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
    page.set_default_timeout(20_000)
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
    with running_framegate(tmp_path / "demo", {"LOG_LEVEL": "INFO"}, "demo") as server:
        yield server
