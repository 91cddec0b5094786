"""What the Dockerfile says, stage by stage."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path

import attrs
from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).parents[2]


@attrs.frozen
class Stage:
    """One stage: its name, empty for the last, and its instructions with what follows them."""

    name: str
    instructions: Sequence[tuple[str, str]]

    def all(self, instruction: str) -> list[str]:
        """Return everything that was said by an instruction."""
        return [value for name, value in self.instructions if name == instruction]

    def last(self, instruction: str, default: str = "") -> str:
        """Return what was said last, which is what holds."""
        return [default, *self.all(instruction)][-1]

    def words(self, instruction: str) -> list[str]:
        """Return the words of a command that needs no shell."""
        words: list[str] = json.loads(self.last(instruction).rpartition("CMD ")[2])
        return words

    def environment(self, path: str) -> dict[str, str]:
        """Return what it sets; ``path`` is where its base has programs."""
        pairs = [pair.partition("=") for said in self.all("ENV") for pair in shlex.split(said)]
        return {"PATH": path} | {name: value.replace("$PATH", path) for name, _, value in pairs}


def read_stages() -> list[Stage]:
    """Read the Dockerfile; what is run of it comes last."""
    with (ROOT / "Dockerfile").open("rb") as file:
        said = [(x["instruction"], x["value"]) for x in DockerfileParser(fileobj=file).structure]
    starts = [n for n, (instruction, _) in enumerate(said) if instruction == "FROM"]
    return [
        Stage(said[start][1].partition(" AS ")[2], said[start:end])
        for start, end in zip(starts, [*starts[1:], len(said)], strict=True)
    ]
