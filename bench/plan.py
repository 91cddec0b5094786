"""How much is measured, and in which order: rounds, in each of which everybody has a turn."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import click
from attrs import evolve, frozen

from bench.contestants import Contestant
from bench.serving import Served, serving

T = TypeVar("T")
R = TypeVar("R")

STARTS = 5


@frozen
class Plan:
    """How many rounds, how long each turn is, and where servers may write."""

    rounds: int
    seconds: int
    folder: Path
    first: int = 0
    """Who begins: in its first round the first of all, or one who comes after."""

    def in_starts(self) -> Iterator["Plan"]:
        """Part the rounds, so that servers may be started ``STARTS`` times.

        Where its memory happens to lie makes the same server some hundredths cheaper or dearer
        from start to start, however many rounds are measured of one.
        """
        starts = min(STARTS, self.rounds)
        ends = [self.rounds * number // starts for number in range(starts + 1)]
        for begin, end in pairwise(ends):
            folder = self.folder / f"from-{begin}"
            yield evolve(self, rounds=end - begin, folder=folder, first=self.first + begin)

    def in_rounds(
        self, contestants: Sequence[T], measure: Callable[[T], R], rounds: int | None = None
    ) -> dict[T, list[R]]:
        """Measure each once a round; who begins is another in each."""
        measured: dict[T, list[R]] = {each: [] for each in contestants}
        for number in range(rounds or self.rounds):
            for each in rotated(contestants, self.first + number):
                measured[each].append(measure(each))
            click.echo(".", nl=False, err=True)
        click.echo(err=True)
        return measured

    @contextmanager
    def all_serving(self, contestants: Iterable[Contestant]) -> Iterator[list[Served]]:
        """Start all of them; those whose turn it is not cost nothing."""
        with ExitStack() as stack:
            yield [
                stack.enter_context(serving(each, self.folder / str(number)))
                for number, each in enumerate(contestants)
            ]


def rotated(order: Sequence[T], by: int) -> list[T]:
    """Begin with another one, and go round."""
    start = by % len(order)
    return [*order[start:], *order[:start]]
