"""What the command line says of a server that starts."""

import json
import sys
from io import StringIO

import pytest

from entrypoints.logs import configure_logs
from entrypoints.terminal import announce
from entrypoints.texts import load_texts
from tests.unit.logging_kept import logging_kept


class Watched(StringIO):
    """A terminal with a person before it."""

    def isatty(self) -> bool:
        return True


def announced(stream: StringIO, key: str, monkeypatch: pytest.MonkeyPatch) -> str:
    load_texts("en")
    monkeypatch.setattr(sys, "stderr", stream)
    with logging_kept():
        configure_logs("INFO", stream)
        announce(key, "http://127.0.0.1:8000")
    return stream.getvalue()


@pytest.mark.parametrize("key", ["cli.serving", "cli.demo"])
def test_where_nobody_watches_the_place_of_a_server_is_a_line_of_the_log(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = json.loads(announced(StringIO(), key, monkeypatch))
    assert (line["event"], line["url"]) == ("listening", "http://127.0.0.1:8000")


@pytest.mark.parametrize("key", ["cli.serving", "cli.demo"])
def test_a_person_is_told_the_place_of_a_server_in_words(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = announced(Watched(), key, monkeypatch)
    assert said.startswith("framegate ")
    assert said.endswith(" http://127.0.0.1:8000\n")
