"""What documents say is shown by a test has that test."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["docs/threat-model.md", "docs/reliability.md", "docs/redis.md"])
def test_every_file_that_a_document_names_exists(name: str) -> None:
    text = (ROOT / name).read_text()
    named = re.findall(r"\b(?:docs|tests|scripts|adapters|entrypoints|domain)/[\w./-]+\.\w+", text)
    missing = [path for path in named if not (ROOT / path).exists()]
    assert not missing


def test_the_threat_model_stands_on_one_page() -> None:
    assert len((ROOT / "docs" / "threat-model.md").read_text().splitlines()) <= 75
