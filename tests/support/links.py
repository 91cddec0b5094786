"""Where documents lead: their links within the house, and the places that can be linked to."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark")


def links_of(document: Path) -> list[str]:
    """List what a document links to or shows, but for addresses elsewhere."""
    targets = []
    for token in _inline(_MARKDOWN.parse(document.read_text())):
        target = token.attrGet("href") or token.attrGet("src")
        if isinstance(target, str) and not re.match(r"\w[\w+.-]*:", target):
            targets.append(unquote(target))
    return targets


def anchors_of(document: Path) -> set[str]:
    """Name the headings of a document as GitHub does: in lower case, without punctuation, hyphens
    for spaces, and with a number from the second of a name on."""
    tokens = _MARKDOWN.parse(document.read_text())
    seen, anchors = Counter[str](), set[str]()
    for opening, heading in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        texts = (child.content for child in _inline([heading]))
        name = re.sub(r"[^\w\- ]", "", "".join(texts).lower()).replace(" ", "-")
        anchors.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return anchors


def _inline(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()
