"""The picture for the README, where the extra `bench` is installed."""

from pathlib import Path

import pytest

from bench.contestants import FAST, STARLETTE, TORNADO
from bench.figure import Figure
from bench.spread import Spread
from tests.unit.bench.test_results import result

plot = pytest.importorskip("bench.plot", exc_type=ImportError)


def measured(of: str, what: str, unit: str, value: float) -> Figure:
    return Figure(of=of, what=what, unit=unit, spread=Spread(value, value, value, 3))


RATES = [measured(FAST.name, "rate", "x", 3.3), measured(STARLETTE.name, "rate", "x", 1.0)]
COSTS = [measured(each.of, "CPU a request", "us", 50.0) for each in RATES]
SIZES = [measured(f"{size} active", "rate", "x", 1.0) for size in ("1,000", "1,000,000")]
LATENCIES = [
    measured(each.name, "p50", "ms", value)
    for each, value in ((FAST, 0.4), (TORNADO, 0.9), (STARLETTE, 1.1))
]
RESULTS = [
    result("flow", *RATES, *COSTS),
    result("size", *SIZES),
    result("latency", *LATENCIES),
]


def test_the_same_figures_give_the_same_picture(tmp_path: Path) -> None:
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    assert plot.draw(RESULTS, first)
    assert plot.draw(RESULTS, second)
    assert first.read_bytes() == second.read_bytes()


def test_there_is_no_picture_with_a_part_missing(tmp_path: Path) -> None:
    assert not plot.draw(RESULTS[:2], tmp_path / "picture.svg")
    assert not (tmp_path / "picture.svg").exists()
