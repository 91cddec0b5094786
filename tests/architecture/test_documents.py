"""What documents name is there: tests, files, places in other documents, and what runs commands."""

import re
from pathlib import Path

import pytest

from tests.support.command_blocks import Block, blocks_in, blocks_of, documents
from tests.support.links import anchors_of, links_of
from tests.support.snippets import ROOT

DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md"))
DOCUMENTS += [name for name in documents() if not name.startswith("docs/")]
DOCUMENTS += ["CHANGELOG.md", "bench/RESULTS.md"]

UNRUN = {
    "README.md": ["make demo", "make test", "python3 -m venv venv"],
    "clients/python/README.md": ["pip install ./clients/python"],
    "docs/deploy.md": [
        "python3 -m venv /opt/framegate",
        "cd deploy/compose",
        "docker build",
        "kubectl apply",
    ],
    "docs/quick-start.md": ["python3 -m venv venv", "scripts/setup_redis.sh"],
    "docs/reliability.md": ["make test"],
}
"""What no test runs as it stands in a document, by how it begins. Each block says why."""


@pytest.mark.parametrize("name", [name for name in documents() if name.startswith("docs/")])
def test_every_file_that_a_document_names_exists(name: str) -> None:
    text = (ROOT / name).read_text()
    named = re.findall(
        r"\b(?:docs|tests|examples|scripts|deploy|adapters|entrypoints|domain)/[\w./-]+\.\w+", text
    )
    missing = [path for path in named if not (ROOT / path).exists()]
    assert not missing


def test_the_threat_model_stands_on_one_page() -> None:
    assert len((ROOT / "docs" / "threat-model.md").read_text().splitlines()) <= 75


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_within_the_house_leads_somewhere(name: str) -> None:
    lost = []
    for target in links_of(ROOT / name):
        path, _, place = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        if not file.exists() or (place and place not in anchors_of(file)):
            lost.append(target)
    assert not lost


def test_a_link_that_leads_nowhere_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One `word`, é isso?\n## Twice\n## Twice\n[a](b.md#c) ![d](e.png) <x@y.z>\n")
    assert links_of(page) == ["b.md#c", "e.png"]
    assert anchors_of(page) == {"one-word-é-isso", "twice", "twice-1"}


def test_the_map_of_documents_leads_to_each_of_them() -> None:
    led_to = set(links_of(ROOT / "docs" / "README.md")) | {"README.md"}
    assert {path.name for path in (ROOT / "docs").glob("*.md")} <= led_to


@pytest.mark.parametrize("name", documents())
def test_every_block_of_commands_is_run_or_is_known_not_to_be(name: str) -> None:
    unrun = [block for block in blocks_of(name) if block.mark == "unrun"]
    known = UNRUN.get(name, [])
    assert len(unrun) == len(known), [block.place for block in unrun]
    for block, begin in zip(unrun, known, strict=True):
        assert block.text.startswith(begin), block.place
        assert len(block.why.split()) > 1, block.place


@pytest.mark.parametrize("name", documents())
def test_a_block_that_another_test_runs_has_a_test_that_reads_the_document(name: str) -> None:
    for block in blocks_of(name):
        if block.mark == "run":
            assert f'"{name.rpartition("/")[2]}"' in (ROOT / block.why).read_text(), block.place


def test_what_a_document_has_run_by_make_is_a_target() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    blocks = [block for name in documents() for block in blocks_of(name)]
    named = {target for b in blocks for target in re.findall(r"^make (\w+)", b.text, re.MULTILINE)}
    assert named <= targets
    assert "demo" in named


def test_a_block_is_read_with_the_mark_before_it() -> None:
    text = "<!-- unrun: no cluster -->\n```sh\na\n```\n- b\n\n  ```console\n  c\n  ```\n"
    text += "```py\nd\n```\n"
    assert blocks_in(text, "page.md") == [
        Block("page.md:2", "a\n", "unrun", "no cluster"),
        Block("page.md:7", "c\n"),
    ]
