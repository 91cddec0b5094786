"""The blocks of commands in documents, in their order, and how each says that it is held."""

import re
from pathlib import Path

from attrs import frozen
from markdown_it import MarkdownIt

from tests.support.snippets import ROOT

SHELLS = {"sh", "bash", "console", "shell"}
_MARK = re.compile(r"<!-- (unrun|run): (.+) -->")


@frozen
class Block:
    """One block. ``mark`` is empty where it is to be run here; ``run`` where another test runs it,
    which ``why`` names; ``unrun`` where nothing does, and ``why`` says why."""

    place: str
    text: str
    mark: str = ""
    why: str = ""


def documents() -> list[str]:
    """List the documents that people follow: not the decisions, nor what is only measured."""
    found = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/**/*.md")]
    found += [ROOT / "examples" / "README.md", ROOT / "clients" / "python" / "README.md"]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def blocks_of(document: str) -> list[Block]:
    """Read a document. A mark stands in the line before its block."""
    return blocks_in(Path(ROOT / document).read_text(), document)


def blocks_in(text: str, document: str) -> list[Block]:
    blocks, lines = [], text.splitlines()
    for token in MarkdownIt("commonmark").parse(text):
        if token.type != "fence" or token.info.strip() not in SHELLS or token.map is None:
            continue
        line = token.map[0]
        mark = _MARK.fullmatch(lines[line - 1].strip()) if line else None
        told = (mark[1], mark[2]) if mark else ()
        blocks.append(Block(f"{document}:{line + 1}", token.content, *told))
    return blocks
