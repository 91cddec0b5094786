#!/usr/bin/env python3
"""Fills in what documents say of settings and codes, from where these are declared.

In docs/ stand pairs of lines, and what is between them is made here:

    <!-- made: settings REDIS_* STORAGE -->    a table of these variables, in this order
    <!-- made: codes en -->                    a table of all codes that can be answered
    <!-- end -->
"""

import re
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from tornado import locale

from entrypoints.http.openapi.errors import error_rows
from entrypoints.setting_list import Declared, declared_settings
from entrypoints.texts import load_texts

DOCS = Path(__file__).parents[1] / "docs"
HEADINGS = {
    "en": "| status | code | what it says | what to do |",
    "pt": "| status | código | o que diz | o que fazer |",
}
PART = re.compile(r"(?<=<!-- made: )(\w+) ?([^\n]*)( -->\n).*?(?=<!-- end -->)", re.DOTALL)


def settings(*patterns: str) -> Iterator[str]:
    """Make the table of the variables that the patterns name."""
    yield "| variable | default | may be | what for |"
    yield "|---|---|---|---|"
    for one in chosen(patterns):
        default = f"`{one.default}`" if one.default else ""
        yield f"| `{one.variable}` | {default} | {one.allowed} | {one.about} |"


def chosen(patterns: Sequence[str]) -> Iterator[Declared]:
    """Choose settings. Raises ``LookupError`` for a pattern that names none."""
    known = declared_settings()
    for pattern in patterns:
        named = [one for one in known if fnmatchcase(one.variable, pattern)]
        if not named:
            message = f"there is no setting {pattern}"
            raise LookupError(message)
        yield from named


def codes(language: str) -> Iterator[str]:
    """Make the table of codes in a language: what each tells, and what to do."""
    load_texts("en")
    yield HEADINGS[language]
    yield "|---|---|---|---|"
    for row in error_rows(locale.get(language)):
        remedy = "".join(f"`{part}`" if code else part for part, code in row.remedy.parts)
        detail = row.detail.replace("<", "&lt;")
        yield f"| {row.status} | `{row.code}` | {detail} | {remedy} |"


KINDS = {"settings": settings, "codes": codes}


def made(text: str) -> str:
    """Return a document with what is made in it."""

    def fill(part: re.Match[str]) -> str:
        lines = KINDS[part[1]](*part[2].split())
        return "".join([part[1], f" {part[2]}".rstrip(), part[3], *(f"{line}\n" for line in lines)])

    return PART.sub(fill, text)


def main() -> None:
    """Write every document that says something else than is declared."""
    for path in sorted(DOCS.glob("*.md")):
        before = path.read_text()
        if (after := made(before)) != before:
            path.write_text(after)
            sys.stdout.write(f"{path.relative_to(DOCS.parent)} is made\n")


if __name__ == "__main__":
    main()
