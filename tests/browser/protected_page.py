"""A protected page that is of use only when what it loads comes, too."""

from pathlib import Path

PAGE = """<!DOCTYPE html><title>Ours</title><h1>...</h1>
<script type=module src="assets/app.js"></script>"""
SCRIPT = """
const data = await (await fetch("assets/data.json")).json();
document.querySelector("h1").textContent = data.heading;
"""

ALONE = "..."
LOADED = "Loaded"
"""What its heading says before, and after it has loaded its script and its data."""


def write_protected_page(folder: Path) -> Path:
    """Make a folder that ``IFRAME_ROOT`` can name."""
    (folder / "assets").mkdir(parents=True)
    (folder / "iframe.html").write_text(PAGE)
    (folder / "assets" / "app.js").write_text(SCRIPT)
    (folder / "assets" / "data.json").write_text(f'{{"heading": "{LOADED}"}}')
    return folder
