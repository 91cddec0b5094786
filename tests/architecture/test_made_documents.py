"""What documents say of settings and codes is what is declared."""

import re
import runpy

import pytest

from entrypoints.http.openapi.codes import KNOWN
from entrypoints.setting_list import declared_settings
from entrypoints.settings import Settings
from tests.support.snippets import ROOT

SCRIPT = runpy.run_path(str(ROOT / "scripts" / "make_docs.py"))
made = SCRIPT["made"]
DOCUMENTS = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
REFERENCE = ROOT / "docs" / "configuration.md"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_has_what_would_be_made_of_it(name: str) -> None:
    text = (ROOT / "docs" / name).read_text()
    assert text == made(text), "run `make docs`"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_made_part_of_a_document_has_its_end(name: str) -> None:
    marks = re.findall(
        r"^<!-- (made|end)\b.*-->$", (ROOT / "docs" / name).read_text(), re.MULTILINE
    )
    assert marks == ["made", "end"] * (len(marks) // 2)


def test_a_part_that_is_out_of_date_is_made_anew() -> None:
    kept = "Before.\n<!-- made: settings PORT -->\n{}<!-- end -->\nAfter.\n"
    fresh = made(kept.format("| an old table |\n"))
    assert "an old table" not in fresh
    assert fresh == made(kept.format("")) == made(fresh)
    assert "| `PORT` | `8000` | 0 to 65,535 | port to listen on" in fresh


def test_a_pattern_that_names_no_setting_is_an_error() -> None:
    with pytest.raises(LookupError, match="PROT"):
        made("<!-- made: settings PROT -->\n<!-- end -->\n")


def test_the_reference_has_every_setting_once() -> None:
    told = re.findall(r"^\| `([A-Z_]+)` \|", REFERENCE.read_text(), re.MULTILINE)
    assert sorted(told) == sorted(one.variable for one in declared_settings())


def test_every_setting_says_what_it_may_be_and_what_it_is_for() -> None:
    declared = declared_settings()
    assert {one.setting for one in declared} == set(Settings.__annotations__)
    assert [one.variable for one in declared if not (one.allowed and one.about)] == []


def test_every_code_stands_in_both_languages() -> None:
    text = (ROOT / "docs" / "error-codes.md").read_text()
    for code, problem in KNOWN.items():
        assert text.count(f"| {problem.status} | `{code}` |") == 2


def test_the_readme_has_the_defaults_of_what_it_names() -> None:
    defaults = {one.variable: one.default for one in declared_settings()}
    table = (ROOT / "README.md").read_text().split("| variable | default | |\n")[1].split("\n\n")[0]
    for row in table.splitlines()[1:]:
        names, told, _ = (re.findall(r"`([^`]+)`", cell) for cell in row.split("|")[1:4])
        assert [value for name in names if (value := defaults[name])] == told
