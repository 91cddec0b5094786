"""What is kept from one measurement to the next, and the document that shows it."""

from pathlib import Path

from attrs import evolve

from bench import report, results
from bench.figure import Figure
from bench.results import Result
from bench.scenarios import SCENARIOS
from bench.spread import Spread

HELD = Figure(of="it", what="rate", unit="x", spread=Spread(3.0, 2.9, 3.1, 15), at_least=2.5)
BROKEN = evolve(HELD, at_least=3.2)
MISSING = Figure(of="they", what="rate", unit="x", at_least=1.0, why="the route is missing")


def result(name: str, *figures: Figure) -> Result:
    return Result(
        name=name,
        title=f"About {name}",
        when="2001-01-01 00:00 UTC",
        command=f"python -m bench --only {name}",
        machine="a processor, 2 cores",
        versions="Python 3",
        figures=list(figures),
    )


def test_a_scenario_takes_its_own_place_and_leaves_the_others(tmp_path: Path) -> None:
    kept = tmp_path / "results.json"
    order = ("a", "b", "c")
    for name in ("c", "a", "b"):
        results.keep(result(name, HELD), order, kept)
    results.keep(result("b", BROKEN, MISSING), order, kept)
    assert results.read(kept) == [
        result("a", HELD),
        result("b", BROKEN, MISSING),
        result("c", HELD),
    ]


def test_a_scenario_that_there_is_no_more_is_forgotten(tmp_path: Path) -> None:
    kept = tmp_path / "results.json"
    results.keep(result("gone"), ("gone",), kept)
    results.keep(result("new"), ("new",), kept)
    assert [each.name for each in results.read(kept)] == ["new"]


def test_one_broken_promise_breaks_the_scenario() -> None:
    assert result("a", HELD, HELD).holds
    assert not result("a", HELD, BROKEN).holds
    assert not result("a", HELD, MISSING).holds


def test_the_document_says_what_is_not_held() -> None:
    text = "\n".join(report.lines([result("a", HELD, BROKEN, MISSING)]))
    assert "1 of 3 do" in text
    measured = "3.00x | 2.90x to 3.10x | 15"
    assert f"| a | it: rate | ≥ 2.50x | {measured} | held |" in text
    assert f"| a | it: rate | ≥ 3.20x | {measured} | **not held** |" in text
    assert "| a | they: rate | ≥ 1.00x | the route is missing |  | 0 | **not held** |" in text


def test_the_document_has_a_line_for_each_and_a_column_for_each_figure_of_theirs() -> None:
    cost = evolve(HELD, of="they", what="cost", unit="us", spread=Spread(45.4, 40.0, 50.0, 15))
    text = "\n".join(report.lines([result("a", HELD, cost)]))
    assert "15 rounds" in text
    assert "| | rate | cost |" in text
    assert "| it | 3.00x (2.90x to 3.10x) |  |" in text
    assert "| they |  | 45 µs (40 µs to 50 µs) |" in text


def test_the_document_says_so_where_a_scenario_was_measured_elsewhere() -> None:
    elsewhere = evolve(result("b"), machine="another processor")
    text = "\n".join(report.lines([result("a"), elsewhere, result("c")]))
    assert "- a, c: a processor, 2 cores; Python 3" in text
    assert "- b: another processor; Python 3" in text


def test_what_a_hand_wrote_into_the_document_stays(tmp_path: Path) -> None:
    document = tmp_path / "RESULTS.md"
    document.write_text("before\n<!-- measured -->\nearlier figures\n<!-- /measured -->\nafter\n")
    report.write([result("a", HELD)], document)
    text = document.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "earlier figures" not in text
    assert "About a" in text


def test_the_document_shows_what_is_kept() -> None:
    kept = results.read()
    assert {each.name for each in kept} <= {each.name for each in SCENARIOS}
    assert "\n".join(report.lines(kept)) in report.DOCUMENT.read_text()
