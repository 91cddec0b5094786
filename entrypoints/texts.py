"""Texts for people, in Portuguese and English, by key, through Tornado's locale support."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from tornado import locale

LANGUAGES = {"pt_BR": "pt", "en": "en"}
"""What ``LOCALE`` may be, and the catalogue that it names. One catalogue serves every kind
of Portuguese (Tornado falls back from ``pt_PT`` to ``pt``, never the other way)."""

TAGS = {"pt": "pt-BR", "en": "en"}
"""The language tag that a page in each catalogue carries (RFC 5646)."""


def load_texts(default: str) -> None:
    """Have the catalogues at hand; ``default`` is a key of ``LANGUAGES``.

    Tornado keeps catalogues for the whole process.
    """
    _read_catalogues()
    locale.set_default_locale(LANGUAGES[default])


@cache
def _read_catalogues() -> None:
    with as_file(files("entrypoints").joinpath("locales")) as folder:
        locale.load_translations(str(folder), encoding="utf-8")


def say(language: locale.Locale, key: str, facts: Mapping[str, Any] | None = None) -> str:
    """Return the text ``key`` with ``facts`` filled in."""
    text = language.translate(key)
    return text % facts if facts else text
