"""The results as Markdown: what must hold first, then everything."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.figure import Figure
from bench.results import Result
from tests.support.measurements import put_between_marks

DOCUMENT = Path(__file__).parent / "RESULTS.md"


def write(results: Sequence[Result], path: Path = DOCUMENT) -> None:
    """Put the results between the marks of the document."""
    put_between_marks(path, "\n".join(lines(results)) + "\n")


def lines(results: Sequence[Result]) -> Iterator[str]:
    """Yield the lines of the results."""
    yield from _promises(results)
    for result in results:
        yield from _scenario(result)
    yield from _circumstances(results)


def _promises(results: Sequence[Result]) -> Iterator[str]:
    promised = [(r, f) for r in results for f in r.figures if f.must_hold]
    kept = sum(figure.holds for _, figure in promised)
    yield f"### What must hold: {kept} of {len(promised)} do"
    yield ""
    yield "| | figure | must be | measured | |"
    yield "|---|---|---|---|---|"
    for result, figure in promised:
        what = f"{result.name} | {figure.of}: {figure.what}"
        yield f"| {what} | {figure.promised} | {figure.measured} | {_verdict(figure)} |"
    yield ""


def _scenario(result: Result) -> Iterator[str]:
    yield f"### {result.title}"
    yield f"`{result.command}`, {result.when}"
    yield ""
    yield "| | | median | quartiles | rounds | must be | |"
    yield "|---|---|---|---|---|---|---|"
    for figure in result.figures:
        what = f"{figure.of} | {figure.what} | {figure.measured}"
        promised = f"{figure.promised} | {_verdict(figure)}"
        yield f"| {what} | {_quartiles(figure)} | {promised} |"
    yield ""


def _circumstances(results: Sequence[Result]) -> Iterator[str]:
    """Say where it was measured: once, unless a scenario was measured elsewhere."""
    yield "### Measured with"
    where = {(result.machine, result.versions): "" for result in results}
    for machine, versions in where:
        names = [r.name for r in results if (r.machine, r.versions) == (machine, versions)]
        yield f"- {', '.join(names)}: {machine}; {versions}"


def _quartiles(figure: Figure) -> str:
    """Write quartiles and rounds; of what was taken once there are none."""
    spread = figure.spread
    if spread is None:
        return " | "
    if spread.rounds == 1:
        return " | 1"
    return f"{figure.written(spread.low)} to {figure.written(spread.high)} | {spread.rounds}"


def _verdict(figure: Figure) -> str:
    if not figure.must_hold:
        return ""
    return "held" if figure.holds else "**not held**"
