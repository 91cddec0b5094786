"""Chromium with a person's settings for cookies, started as a person starts it.

playwright's own launch turns off what decides here: its switches disable the partitioning of
third-party storage.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen
from playwright.sync_api import Browser, BrowserType

from tests.browser.chromium import QUIET, find_chromium
from tests.support.waiting import until


@frozen
class SettledChromium:
    """One that runs; ``leader`` leads the group of its processes."""

    browser: Browser
    leader: int


@contextmanager
def settled_chromium(
    chromium: BrowserType, home: Path, preferences: Mapping[str, object], *more: str
) -> Iterator[SettledChromium]:
    """Run one whose profile begins with these preferences (chrome/common/pref_names.h)."""
    data = home / "profile"
    (data / "Default").mkdir(parents=True)
    (data / "Default" / "Preferences").write_text(json.dumps({"profile": preferences}))
    arguments = [
        *(find_chromium(), "--headless=new", "--remote-debugging-port=0", "--no-proxy-server"),
        *(f"--user-data-dir={data}", *QUIET),
        *("--no-startup-window", "--no-default-browser-check", *more),
    ]
    with (
        (home / "said.txt").open("wb") as said,
        subprocess.Popen(
            arguments,
            env={**os.environ, "HOME": str(home)},
            stdout=said,
            stderr=said,
            start_new_session=True,
        ) as process,
    ):
        try:
            told = data / "DevToolsActivePort"
            until("Chromium tells its port", lambda: told.exists() and "\n" in told.read_text())
            port = told.read_text().partition("\n")[0]
            browser = chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
            yield SettledChromium(browser, process.pid)
            browser.close()
        finally:
            process.terminate()
