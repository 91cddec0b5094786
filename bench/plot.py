"""The results as one picture for the README, legible on a light and on a dark page."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Picture

from bench.contestants import FAST, STARLETTE, TORNADO
from bench.figure import Figure
from bench.results import Result

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "bench.svg"
NEEDED = {"flow", "size", "latency"}

# Nothing is drawn behind; these stand out from white and from black alike.
OURS, OTHERS, TEXT, FAINT = "#2f81c7", "#9aa4ae", "#7a838c", "#7a838c55"

STYLE: dict[Any, object] = {
    "svg.fonttype": "path",  # the same wherever it is looked at
    "svg.hashsalt": "framegate",  # and the same bytes for the same figures
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    **dict.fromkeys(("text.color", "axes.titlecolor", "axes.labelcolor"), TEXT),
    **dict.fromkeys(("xtick.labelcolor", "ytick.labelcolor"), TEXT),
    **dict.fromkeys(("xtick.color", "ytick.color", "grid.color"), FAINT),
}


def draw(results: Sequence[Result], path: Path = PICTURE) -> bool:
    """Draw the picture, where everything that it shows has been measured."""
    found = {result.name: result.figures for result in results}
    if not found.keys() >= NEEDED:
        return False
    with mpl.rc_context(STYLE):
        picture = Picture(figsize=(8.6, 5.6), layout="constrained")
        parts = picture.subfigures(2, 1, height_ratios=(1.5, 1), hspace=0.06, squeeze=False)
        above, below = parts.flat
        flow, (size, latency) = above.subplots(), below.subplots(1, 2, width_ratios=(1, 1.4))
        _draw_flow(flow, found["flow"])
        _draw_size(size, found["size"])
        _draw_latency(latency, found["latency"])
        picture.savefig(path, transparent=True, metadata={"Date": None})
    return True


def _draw_flow(panel: Any, figures: Sequence[Figure]) -> None:
    rates = _medians(figures, "rate")
    costs = _medians(figures, "CPU a request")
    names = sorted(rates, key=lambda name: rates[name])
    bars = panel.barh(names, [rates[name] for name in names], height=0.62)
    for bar, name in zip(bars, names, strict=True):
        bar.set_color(OURS if _is_ours(name) else OTHERS)
        panel.annotate(
            f"{rates[name]:.2f}x · {costs[name]:.0f} µs",
            (bar.get_width(), bar.get_y() + bar.get_height() / 2),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
        )
    panel.set_title("Create and redeem, one core: rate, and CPU time a request")
    panel.set_xlim(0, max(rates.values()) * 1.2)
    panel.tick_params(axis="y", length=0)
    panel.xaxis.set_visible(False)
    panel.spines["bottom"].set_visible(False)


def _draw_size(panel: Any, figures: Sequence[Figure]) -> None:
    rates = _medians(figures, "rate")
    sizes = [of.removesuffix(" active") for of in rates]
    panel.plot(sizes, list(rates.values()), marker="o", color=OURS, linewidth=2)
    for index, rate in enumerate(rates.values()):
        panel.annotate(
            f"{rate:.2f}x", (index, rate), xytext=(0, 9), textcoords="offset points", ha="center"
        )
    panel.set_title("Rate with so many sessions active")
    panel.set_ylim(0, 1.35)
    panel.margins(x=0.12)
    panel.yaxis.set_visible(False)
    panel.spines["left"].set_visible(False)


def _draw_latency(panel: Any, figures: Sequence[Figure]) -> None:
    names = [STARLETTE.name, TORNADO.name, FAST.name]
    for row, name in enumerate(names):
        values = [f.spread.median for f in figures if f.of == name and f.spread]
        colour = OURS if _is_ours(name) else OTHERS
        panel.plot(values, [row] * len(values), marker="o", color=colour, linewidth=2)
        # Not beside the marks, which may be close together.
        text = " · ".join(f"{value:.1f}" for value in values)
        panel.text(0.03, row + 0.2, text, transform=panel.get_yaxis_transform())
    panel.set_title("Latency at half load: p50 · p99 · p99.9 in ms")
    panel.set_xscale("log")
    panel.set_yticks(range(len(names)), names)
    panel.set_ylim(-0.5, len(names) - 0.4)
    panel.margins(x=0.1)
    panel.tick_params(axis="y", length=0)
    panel.xaxis.set_visible(False)
    panel.spines["bottom"].set_visible(False)


def _is_ours(name: str) -> bool:
    return name.startswith("framegate")


def _medians(figures: Sequence[Figure], what: str) -> Mapping[str, float]:
    return {f.of: f.spread.median for f in figures if f.what == what and f.spread}
