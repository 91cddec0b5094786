"""The sites of ``examples/``, each a process of its own, run as a person runs it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from tests.support.framegate_server import KEYS
from tests.support.http_call import call
from tests.support.waiting import LONGEST_SECONDS, until

EXAMPLES = Path(__file__).parents[2] / "examples"
USUAL_FRAMEGATE = "http://127.0.0.1:8000"
"""Where the pages of ``static/``, and README, take framegate to be."""


@frozen
class Site:
    """How one of them is started from a folder of its own."""

    name: str
    start: Callable[[int], Sequence[str]]


FLASK = Site(
    "flask",
    lambda port: [sys.executable, "-m", "flask", "run", "--host=localhost", f"--port={port}"],
)
EXPRESS = Site("express", lambda _: ["node", "app.js"])
STATIC = Site("static", lambda _: ["caddy", "run"])
SITES = (FLASK, EXPRESS, STATIC)


def install_sites(folder: Path) -> Path:
    """Copy all of them, with the packages they need; return where they stand."""
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("node_modules"))
    npm = ["npm", "install", "--silent"]
    subprocess.run(npm, cwd=folder / EXPRESS.name, check=True, stdin=subprocess.DEVNULL)
    return folder


@contextmanager
def running_site(
    site: Site, installed: Path, folder: Path, port: int, framegate: str
) -> Iterator[str]:
    """Run a copy of one that is installed; its origin is ``http://localhost:<port>``."""
    shutil.copytree(installed / site.name, folder, symlinks=True)
    for page in folder.glob("site/*.html"):
        page.write_text(page.read_text().replace(USUAL_FRAMEGATE, framegate))
    environment = _environment(folder, port, framegate)
    url = f"http://localhost:{port}"
    with (folder / "site.log").open("wb") as log:
        process = subprocess.Popen(
            site.start(port), cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        until(f"{site.name} answers", lambda: _answers(process, url))
        yield url
    finally:
        process.terminate()
        process.wait(timeout=LONGEST_SECONDS)


def _environment(folder: Path, port: int, framegate: str) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PORT": str(port),
        "FRAMEGATE_URL": framegate,
        "FRAMEGATE_KEY": KEYS.portal,
    }


def _answers(process: "subprocess.Popen[bytes]", url: str) -> bool:
    assert process.poll() is None, "it ended; see site.log in its folder"
    try:
        return call("GET", url).status == 200
    except ConnectionError:
        return False
