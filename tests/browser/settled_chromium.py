"""Chromium with a person's settings for cookies, started as a person starts it.

playwright's own launch turns off what decides here: its switches disable the partitioning of
third-party storage.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserType

from tests.browser.conftest import ARGUMENTS
from tests.support.waiting import until


@contextmanager
def settled_chromium(
    chromium: BrowserType, executable: str, folder: Path, preferences: Mapping[str, object]
) -> Iterator[Browser]:
    """Run one whose profile begins with these preferences (chrome/common/pref_names.h)."""
    (folder / "Default").mkdir(parents=True)
    (folder / "Default" / "Preferences").write_text(json.dumps({"profile": preferences}))
    arguments = [
        *(executable, "--headless=new", "--remote-debugging-port=0", "--no-proxy-server"),
        *(f"--user-data-dir={folder}", *ARGUMENTS),
    ]
    with (
        (folder / "said.txt").open("wb") as said,
        subprocess.Popen(arguments, stdout=said, stderr=said) as process,
    ):
        try:
            told = folder / "DevToolsActivePort"
            until("Chromium tells its port", lambda: told.exists() and "\n" in told.read_text())
            port = told.read_text().partition("\n")[0]
            browser = chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
            yield browser
            browser.close()
        finally:
            process.terminate()
