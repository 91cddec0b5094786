"""The results as one picture for the README."""

from collections.abc import Sequence

from bench.results import Result


def draw(results: Sequence[Result]) -> None:
    """Draw."""
