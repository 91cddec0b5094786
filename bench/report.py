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
    yield "| scenario | figure | must be | measured | quartiles | rounds | |"
    yield "|---|---|---|---|---|---|---|"
    for result, f in promised:
        rounds = f.spread.rounds if f.spread else 0
        verdict = "held" if f.holds else "**not held**"
        measured = f"{f.measured} | {f.quartiles} | {rounds} | {verdict}"
        yield f"| {result.name} | {f.of}: {f.what} | {f.promised} | {measured} |"
    yield ""


def _scenario(result: Result) -> Iterator[str]:
    """One line for each of whom something was measured, one column for each what."""
    columns = list(dict.fromkeys(figure.what for figure in result.figures))
    lines = list(dict.fromkeys(figure.of for figure in result.figures))
    cells = {(figure.of, figure.what): _cell(figure) for figure in result.figures}
    rounds = {figure.spread.rounds for figure in result.figures if figure.spread}
    yield f"### {result.title}"
    yield ""
    many = "measured once" if max(rounds, default=0) <= 1 else f"{max(rounds)} rounds"
    yield f"`{result.command}`, {many}, {result.when}"
    yield ""
    yield f"| | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for of in lines:
        yield f"| {of} | {' | '.join(cells.get((of, what), '') for what in columns)} |"
    yield ""


def _cell(figure: Figure) -> str:
    between = f" ({figure.quartiles})" if figure.quartiles else ""
    return f"{figure.measured}{between}"


def _circumstances(results: Sequence[Result]) -> Iterator[str]:
    """Say where it was measured: once, unless a scenario was measured elsewhere."""
    yield "### Measured with"
    where = {(result.machine, result.versions): "" for result in results}
    for machine, versions in where:
        names = [r.name for r in results if (r.machine, r.versions) == (machine, versions)]
        yield f"- {', '.join(names)}: {machine}; {versions}"
