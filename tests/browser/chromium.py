"""The system's Chromium: no download of another's."""

import shutil

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

# No sandbox as root, and no calls home.
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def find_chromium() -> str:
    return next(filter(None, map(shutil.which, CHROMIUM)))
