"""The system's Chromium: no download of another's."""

import shutil

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

# No sandbox as root, and no calls home. The features draw what the address bar would unfold, for
# each window anew: two thirds of what a test's window costs.
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
)


def find_chromium() -> str:
    return next(filter(None, map(shutil.which, CHROMIUM)))
