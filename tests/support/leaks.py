"""Looks for session ids and keys where none may be."""

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

SECRET = re.compile(rb"fg[sg]_[0-9a-f]{8}_[A-Za-z0-9_-]{22,}|fgk_[A-Za-z0-9_-]{22,}")

# What a server leaves behind: its log, and Redis's dumps and append-only files.
LEFT_BEHIND = ("*.log", "*.rdb", "*.aof")


def leaks_below(folder: Path) -> Iterator[Path]:
    """Yield every file with an id or a key in it."""
    for pattern in LEFT_BEHIND:
        for path in folder.rglob(pattern):
            if path.is_file() and SECRET.search(path.read_bytes()):
                yield path


PIECE = 12
"""So many bytes of a secret in a row, in whatever form, are no accident."""

# What comes before the random part, and is no secret. In a grant's token a session's digest does;
# base64 writes groups of four characters.
_PREFIX = re.compile(r"fgs_[0-9a-f]{8}_|fgk_|fgg_[0-9a-f]{8}_.{44}")


class Canaries:
    """Secrets that are found also where only a piece of them stands, or in another form."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._pieces = {
            form[start : start + PIECE]: secret
            for secret in secrets
            for form in _forms(_PREFIX.sub("", secret))
            for start in range(len(form) - PIECE + 1)
        }

    def found_in(self, text: bytes) -> set[str]:
        """Return the secrets of which there is something in ``text``."""
        windows = (text[start : start + PIECE] for start in range(len(text) - PIECE + 1))
        return {self._pieces[window] for window in windows if window in self._pieces}


def _forms(random_part: str) -> Iterator[bytes]:
    plain = random_part.encode()
    yield plain
    for one in (plain, base64.urlsafe_b64decode(plain + b"=" * (-len(plain) % 4))):
        yield one.hex().encode()
        yield one.hex().upper().encode()
    yield b"".join(b"%%%02x" % byte for byte in plain)
    yield b"".join(b"%%%02X" % byte for byte in plain)
    yield base64.urlsafe_b64decode(plain + b"=" * (-len(plain) % 4))
    for offset in range(3):
        # Where in a text it stands decides over how base64 writes it; its ends depend on
        # what stands next to it.
        encoded = base64.b64encode(bytes(offset) + plain).rstrip(b"=")[4:-1]
        yield encoded
        yield encoded.translate(bytes.maketrans(b"+/", b"-_"))
