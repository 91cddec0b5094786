"""The texts for people, read as plain data."""

import csv
import re
from collections.abc import Mapping
from importlib.resources import files

_NAMED = re.compile(r"%\((\w+)\)[sd]")


def _read(name: str) -> list[tuple[str, ...]]:
    text = files("entrypoints").joinpath("locales", name).read_text(encoding="utf-8")
    return [tuple(row) for row in csv.reader(text.splitlines()) if row]


ROWS = {"pt": _read("pt.csv"), "en": _read("en.csv")}
CATALOGUES = {code: {row[0]: row[1] for row in rows} for code, rows in ROWS.items()}


def keys_below(prefix: str) -> set[str]:
    """List what comes after ``prefix`` in the keys of the catalogues."""
    keys = {key for catalogue in CATALOGUES.values() for key in catalogue}
    return {key.removeprefix(prefix) for key in keys if key.startswith(prefix)}


def percent_names(text: str) -> set[str]:
    """List the names in a text that Python fills in."""
    return set(_NAMED.findall(text))


def fill(key: str, facts: Mapping[str, object]) -> dict[str, str]:
    """Fill in the text ``key`` in every language, and hold that each one names something."""
    filled = {}
    for code, catalogue in CATALOGUES.items():
        assert key in catalogue, f"no text for {key} in {code}.csv"
        filled[code] = catalogue[key] % facts
        assert "%(" not in filled[code]
    return filled
