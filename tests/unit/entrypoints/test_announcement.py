"""What the command line says of a server that starts."""

import json
import sys
from io import StringIO

import pytest

from entrypoints.announcement import announce
from entrypoints.logs import configure_logs
from entrypoints.texts import load_texts
from tests.unit.logging_kept import logging_kept

URL = "http://127.0.0.1:8000"


class Watched(StringIO):
    """A terminal with a person before it."""

    def isatty(self) -> bool:
        return True


def announced(stream: StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    load_texts("en")
    monkeypatch.setattr(sys, "stderr", stream)
    with logging_kept():
        configure_logs("INFO", stream)
        announce(URL)
    return stream.getvalue()


def test_where_nobody_watches_the_place_of_a_server_is_a_line_of_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = json.loads(announced(StringIO(), monkeypatch))
    assert (line["event"], line["url"]) == ("listening", URL)


def test_a_person_is_told_the_place_of_a_server_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    said = announced(Watched(), monkeypatch)
    assert said.startswith("framegate ")
    assert said.endswith(f" {URL}\n")
