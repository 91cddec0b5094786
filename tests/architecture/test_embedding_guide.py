"""The embedding guide and the examples say the same, and little of it has to be written."""

import re
from inspect import cleandoc
from pathlib import Path

import pytest

from adapters.clients_file import ClientsFile
from domain.client import Client
from domain.key import digest_key
from domain.policy import Policy
from tests.support.framegate_server import KEYS
from tests.support.snippets import GUIDE, ROOT, block_with, blocks, counted, marked

EXAMPLES = ROOT / "examples"
BACKENDS = {"python": EXAMPLES / "flask" / "app.py", "js": EXAMPLES / "express" / "app.js"}
PAGES = [
    EXAMPLES / "flask" / "templates" / "page.html",
    EXAMPLES / "express" / "page.html",
    EXAMPLES / "static" / "site" / "index.html",
]
TYPES = ROOT / "entrypoints" / "http" / "static" / "framegate.d.ts"


@pytest.mark.parametrize("language", BACKENDS)
def test_a_backend_needs_at_most_ten_lines_and_the_guide_has_those_that_run(language: str) -> None:
    code = marked(BACKENDS[language])
    (told,) = blocks(GUIDE, language)
    assert told.strip() == code.strip()
    assert 0 < counted(code) <= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(EXAMPLES).parts[0])
def test_a_page_needs_one_tag_and_its_script(page: Path) -> None:
    told = block_with(GUIDE, "html", "<framegate-embed")
    tags = re.sub(
        r'"(http://127\.0\.0\.1:8000|\{\{ framegate \}\})', '"https://frame.example', marked(page)
    )
    assert cleandoc(tags).strip() == told.strip()
    assert re.findall(r"<(?!/)[\w-]+", told) == ["<script", "<framegate-embed"]


def client_of(block: str, folder: Path) -> Client:
    path = folder / "clients.toml"
    path.write_text(block.replace("sha256:…", digest_key(KEYS.portal)))
    file = ClientsFile(path, Policy(ttl_seconds=1, grant_ttl_seconds=1))
    file.load()
    (client,) = file.clients()
    return client


def test_every_entry_of_a_clients_file_can_be_used_and_shows_the_defaults(tmp_path: Path) -> None:
    told = [client_of(block, tmp_path) for block in blocks(GUIDE, "toml")]
    assert {client.origins for client in told} == {("https://portal.example",)}
    assert told[-1].policy == Policy()


def test_the_guide_names_every_option_and_every_event_of_the_sdk() -> None:
    text = GUIDE.read_text().split("## The SDK")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE)
    types = TYPES.read_text()
    known: list[str] = []
    for interface in ("EmbedOptions", "EmbedEvents"):
        body = types.split(f"interface {interface} {{")[1].split("\n}")[0]
        known += re.findall(r"^  (\w+)\??:", body, flags=re.MULTILINE)
    assert sorted(rows) == sorted(known)


def test_every_code_of_the_guide_is_one_that_framegate_gives() -> None:
    text = GUIDE.read_text().split("| code | status |")[1].split("\n\n")[0]
    http = ROOT / "entrypoints" / "http"
    given = "".join(
        path.read_text() for kind in ("*.py", "static/*.js") for path in http.glob(kind)
    )
    for code, status in re.findall(r"^\| `(\w+)`[^|]*\| (\d+) \|", text, flags=re.MULTILINE):
        written = f'"{code}"' if code != "session_id_missing" else 'f"session_id_{'
        assert written in given, code
        assert status in {"0", "400", "401", "403", "404", "429", "503"}
