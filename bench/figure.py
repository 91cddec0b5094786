"""Figures: what was measured of whom, and what must hold."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from bench.spread import Spread

UNITS = {
    "x": "{:,.2f}x",
    "us": "{:,.0f} µs",
    "ms": "{:,.2f} ms",
    "bytes": "{:,.0f} bytes",
    "share": "{:.0%}",
}
"""The units that there are, each written with the digits that it is worth."""


@frozen(kw_only=True)
class Figure:
    """One line of the results. Without a spread it was not measured; ``why`` says why not."""

    of: str
    what: str
    unit: str
    spread: Spread | None = None
    at_least: float | None = None
    at_most: float | None = None
    why: str = ""

    @property
    def must_hold(self) -> bool:
        """Whether anything was promised."""
        return self.at_least is not None or self.at_most is not None

    @property
    def holds(self) -> bool:
        """Whether what was promised is so. What was not measured does not hold."""
        if not self.must_hold:
            return True
        if self.spread is None:
            return False
        median = self.spread.median
        enough = self.at_least is None or median >= self.at_least
        return enough and (self.at_most is None or median <= self.at_most)

    @property
    def measured(self) -> str:
        """The median, for people."""
        return self.written(self.spread.median) if self.spread else self.why

    @property
    def quartiles(self) -> str:
        """Between which the middle half of the rounds is; of what was taken once there are none."""
        if self.spread is None or self.spread.rounds == 1:
            return ""
        return f"{self.written(self.spread.low)} to {self.written(self.spread.high)}"

    @property
    def promised(self) -> str:
        """What must hold, for people."""
        least = [f"≥ {self.written(self.at_least)}"] if self.at_least is not None else []
        most = [f"≤ {self.written(self.at_most)}"] if self.at_most is not None else []
        return " and ".join(least + most)

    def written(self, value: float) -> str:
        """Write a value as it is worth being written."""
        return UNITS[self.unit].format(value)


def from_json(figures: Iterable[Mapping[str, Any]]) -> list[Figure]:
    """Return the figures that ``attrs.asdict`` has made into these."""
    return [
        Figure(**{**each, "spread": Spread(**each["spread"]) if each["spread"] else None})
        for each in figures
    ]
