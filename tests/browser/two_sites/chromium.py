"""Chromium, started as a person starts it and driven by playwright from outside.

Only the cache for going back has to go: playwright loses sight of the frames that come out of it.
So Chromium asks the server again, and what Firefox makes of that cache is seen in Firefox.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import trustme
from attrs import field, frozen
from playwright import sync_api as playwright

from tests.browser.settled_chromium import SettledChromium, settled_chromium
from tests.browser.two_sites.driving import Browser, NotThere, Profile, Tab
from tests.browser.two_sites.sleeping import stopped
from tests.browser.two_sites.trust import trust_in

LOAD_MS = 30_000


@frozen
class ChromiumTab(Tab):
    _page: playwright.Page
    _answers: list[tuple[str, int]] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self._page.set_default_timeout(LOAD_MS)
        self._page.on("response", lambda said: self._answers.append((said.url, said.status)))

    def go(self, url: str) -> None:
        self._page.goto(url)

    def reload(self) -> None:
        self._page.reload()

    def back(self) -> None:
        self._page.go_back()

    def forward(self) -> None:
        self._page.go_forward()

    def connect(self, *, connected: bool) -> None:
        self._page.context.set_offline(not connected)

    def tell(self, path: tuple[str, ...], expression: str) -> object:
        try:
            frame: playwright.Frame | None = self._page.main_frame
            for selector in path:
                element = frame.query_selector(selector) if frame else None
                frame = element.content_frame() if element else None
            if frame is None:
                raise NotThere("no frame", path)
            return frame.evaluate(expression)
        except playwright.Error as error:
            raise NotThere(error.message) from error

    def screenshot(self, path: Path) -> None:
        self._page.screenshot(path=path)

    def statuses(self, url: str) -> list[int]:
        # Events are told while playwright is asked for something.
        self._page.evaluate("null")
        return [status for asked, status in self._answers if asked == url]


@frozen
class ChromiumProfile(Profile):
    _context: playwright.BrowserContext

    def tab(self) -> ChromiumTab:
        return ChromiumTab(self._context.new_page())


@frozen
class Chromium(Browser):
    _settled: SettledChromium

    def asleep(self) -> AbstractContextManager[None]:
        return stopped(self._settled.leader)

    @contextmanager
    def profile(self) -> Iterator[ChromiumProfile]:
        # Like a window in private: it has a jar of its own, and the settings of the profile.
        context = self._settled.browser.new_context(
            locale="pt-BR", viewport={"width": 1000, "height": 640}
        )
        yield ChromiumProfile(context)
        context.close()


@contextmanager
def running_chromium(
    folder: Path,
    authority: trustme.CA,
    driver: playwright.Playwright,
    preferences: Mapping[str, object],
) -> Iterator[Chromium]:
    """Run one whose profile begins with these preferences (chrome/common/pref_names.h)."""
    trust_in(folder / ".pki" / "nssdb", authority)
    more = ("--host-resolver-rules=MAP *.test 127.0.0.1", "--disable-back-forward-cache")
    with settled_chromium(driver.chromium, folder, preferences, *more) as settled:
        yield Chromium(settled)
