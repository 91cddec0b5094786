"""What the client's README shows works as it stands there."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from framegate_client import Client
from tests.clients.browser import Browser
from tests.clients.running import ROOT, ended, running
from tests.clients.waiting import PATIENCE_SECONDS
from tests.support.framegate_server import KEYS, FramegateServer
from tests.support.http_call import call
from tests.support.redis_server import free_port
from tests.support.waiting import until

README = ROOT / "clients" / "python" / "README.md"
GATED = ["Starlette, FastAPI", "Flask", "Django", "Tornado"]


def section(heading: str) -> str:
    text = re.split(r"^##+ (.+)\n", README.read_text(), flags=re.MULTILINE)
    return dict(zip(text[1::2], text[2::2], strict=True))[heading]


def blocks(heading: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", section(heading), flags=re.DOTALL)


@contextmanager
def following(heading: str, framegate: str, folder: Path, **environment: str) -> Iterator[str]:
    """Write the files of a section, run its command, and yield where it serves."""
    port = free_port()

    def here(text: str) -> str:
        return text.replace("http://127.0.0.1:8000", framegate).replace("5000", str(port))

    for block in blocks(heading, "python"):
        name = block.partition("\n")[0].removeprefix("# ")
        (folder / name).write_text(here(block))
    (command,) = blocks(heading, "sh")
    words = here(command).split()
    if words[0] == "python":
        words[0] = sys.executable
    else:
        words = [sys.executable, "-m", *words]
    # The programs are others', and so are their warnings.
    with running(words, folder, {"PYTHONWARNINGS": "default", **environment}) as program:
        url = f"http://127.0.0.1:{port}"
        until("it answers", lambda: answers(url) or ended(program))
        assert not ended(program), program.log
        yield url


def answers(url: str) -> bool:
    try:
        call("GET", url)
    except ConnectionError:
        return False
    return True


def project(folder: Path, heading: str) -> None:
    if heading == "Django":
        start = [sys.executable, "-m", "django", "startproject", "mysite", str(folder)]
        subprocess.run(start, check=True, capture_output=True)


@pytest.mark.parametrize("heading", GATED)
def test_the_quick_start_of_each_framework_opens_once(
    heading: str, framegate: FramegateServer, tmp_path: Path
) -> None:
    project(tmp_path, heading)
    with (
        following(heading, framegate.url, tmp_path) as url,
        Client(framegate.url, KEYS.portal, timeout_seconds=PATIENCE_SECONDS) as portal,
    ):
        path = f"/report?session_id={portal.create_session(subject='ana').session_id}"
        browser = Browser(url)

        assert browser.open(path).text == "Hello ana"
        assert browser.open(path).text == "Hello ana"
        assert Browser(url).open(path).status_code == 401
    (tmp_path / "application.log").unlink()  # the servers write down addresses


def test_the_page_that_embeds_gets_a_session_from_its_backend(
    framegate: FramegateServer, tmp_path: Path
) -> None:
    heading = "The page that embeds"
    with following(heading, framegate.url, tmp_path, FRAMEGATE_KEY=KEYS.portal) as url:
        answer = Browser(url).send("POST", "/framegate/session").json()

    frame = framegate.url + answer["iframe_url"]
    assert (call("GET", frame).status, call("GET", frame).status) == (200, 401)


@pytest.mark.parametrize("heading", ["The page that embeds", *GATED])
def test_a_quick_start_is_at_most_ten_lines_a_file(heading: str) -> None:
    for block in blocks(heading, "python"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        assert len(lines) <= 10


def test_every_method_and_error_is_in_the_readme() -> None:
    text = README.read_text()
    methods = [name for name in vars(Client) if not name.startswith("_") and name != "close"]

    for name in methods:
        assert f"`{name}(" in text
