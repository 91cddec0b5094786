"""Looks for session ids and keys where none may be."""

import re
from collections.abc import Iterator
from pathlib import Path

SECRET = re.compile(rb"fgs_[0-9a-f]{8}_[A-Za-z0-9_-]{22,}|fgk_[A-Za-z0-9_-]{22,}")

# What a server leaves behind: its log, and Redis's dumps and append-only files.
LEFT_BEHIND = ("*.log", "*.rdb", "*.aof")


def leaks_below(folder: Path) -> Iterator[Path]:
    """Yield every file with an id or a key in it."""
    for pattern in LEFT_BEHIND:
        for path in folder.rglob(pattern):
            if path.is_file() and SECRET.search(path.read_bytes()):
                yield path
