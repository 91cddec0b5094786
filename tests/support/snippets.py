"""What documents tell people to copy."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "embedding.md"


def blocks(path: Path, language: str) -> list[str]:
    """Return the fenced blocks of a document that are of one language."""
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(), flags=re.DOTALL)


def block_with(path: Path, language: str, mark: str) -> str:
    """Return the one block that has ``mark`` in it."""
    (found,) = (block for block in blocks(path, language) if mark in block)
    return found


def marked(path: Path) -> str:
    """Return what stands between the two lines of a file that say only ``framegate``."""
    lines = path.read_text().splitlines()
    first, last = (n for n, line in enumerate(lines) if line.strip(" \t#/<!->") == "framegate")
    return "\n".join(lines[first + 1 : last])


def counted(code: str) -> int:
    """Count the lines that are not blank."""
    return sum(1 for line in code.splitlines() if line.strip())
