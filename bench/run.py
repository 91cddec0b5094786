"""Measures scenarios, one after the other, and writes down what came out."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from bench import plot, report, results
from bench.machine import machine, versions
from bench.plan import Plan
from bench.scenarios import SCENARIOS, Scenario


def measure(scenarios: Sequence[Scenario], rounds: int, seconds: int) -> bool:
    """Measure them; tell whether all that must hold does."""
    held = [_measure(scenario, rounds, seconds) for scenario in scenarios]
    write()
    return all(held)


def write() -> None:
    """Write document and picture from what was measured last."""
    kept = results.read()
    report.write(kept)
    if not plot.draw(kept):
        click.echo(f"No picture yet: it shows {', '.join(sorted(plot.NEEDED))}.", err=True)


def _measure(scenario: Scenario, rounds: int, seconds: int) -> bool:
    click.echo(f"\n{scenario.title}", err=True)
    with tempfile.TemporaryDirectory() as folder:
        figures = list(scenario.measure(Plan(rounds, seconds, Path(folder))))
    for figure in figures:
        verdict = "" if figure.holds else f"  NOT HELD: {figure.promised}"
        click.echo(f"  {figure.of:45} {figure.what:28} {figure.measured:>12}{verdict}")
    result = results.Result(
        name=scenario.name,
        title=scenario.title,
        when=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        command=f"python -m bench --only {scenario.name} --rounds {rounds} --seconds {seconds}",
        machine=machine(),
        versions=versions(),
        figures=figures,
    )
    # After each, so that what is measured is kept when a later one fails.
    results.keep(result, [each.name for each in SCENARIOS])
    report.write(results.read())
    return result.holds
