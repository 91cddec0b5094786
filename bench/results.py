"""What was measured last, scenario by scenario, kept beside the document that shows it."""

import json
from collections.abc import Sequence
from pathlib import Path

import attrs
from attrs import frozen

from bench.figure import Figure, from_json

KEPT = Path(__file__).parent / "results.json"


@frozen(kw_only=True)
class Result:
    """What came of one scenario."""

    name: str
    title: str
    when: str
    command: str
    machine: str
    versions: str
    figures: Sequence[Figure]

    @property
    def holds(self) -> bool:
        """Whether everything that was promised is so."""
        return all(figure.holds for figure in self.figures)


def read(path: Path = KEPT) -> list[Result]:
    """Return what was kept."""
    if not path.exists():
        return []
    kept = json.loads(path.read_text())
    return [Result(**{**each, "figures": from_json(each["figures"])}) for each in kept]


def keep(result: Result, order: Sequence[str], path: Path = KEPT) -> None:
    """Put it in the place of what the same scenario gave before."""
    others = [each for each in read(path) if each.name in order and each.name != result.name]
    all_of_them = sorted([*others, result], key=lambda each: order.index(each.name))
    kept = [attrs.asdict(each) for each in all_of_them]
    path.write_text(json.dumps(kept, indent=1) + "\n")
