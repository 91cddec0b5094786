"""Usage as people see it in a terminal."""

from io import StringIO

import pytest
from rich.console import Console

from domain.usage import DAY_MS, Counted, Period, Step, Usage
from entrypoints.texts import load_texts
from entrypoints.usage_text import print_usage

PERIOD = Period(start=0, end=DAY_MS, step=Step.DAY)
USAGE = Usage(start=0, end=DAY_MS, client="portal", region="BR", counts={Counted.CREATED: 12_345})


def shown(language: str, width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LC_ALL", language)
    load_texts("en")
    stream = StringIO()
    print_usage([USAGE], PERIOD, by_region=True, console=Console(file=stream, width=width))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("language", "heads"),
    [
        ("en", "Created Opened Refused Second attempts Revoked Over the cap"),
        ("pt_BR", "Criadas Abertas Recusadas Segunda vez Revogadas Acima do teto"),
    ],
)
def test_a_terminal_of_80_columns_has_room_for_every_head(
    language: str, heads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = shown(language, 80, monkeypatch).split()
    assert set(heads.split()) <= set(words)
    assert "12345" in words


@pytest.mark.parametrize("width", [60, 70])
def test_where_there_is_less_room_nothing_is_cut(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\N{HORIZONTAL ELLIPSIS}" not in shown("pt_BR", width, monkeypatch).split("\n\n")[1]
