"""A file that is there as a whole and to stay, or not at all."""

import hashlib
import os
import zlib
from pathlib import Path

from adapters.snapshots.lines import End, write_end

MODE = 0o600
BEGINNING = ".writing-"
"""What the names of files begin with that are not whole yet."""

# Digests are as good as random: to try harder would take longer and save nothing.
_EFFORT = 1
_GZIP = 31
"""Have zlib write a gzip file (its manual, ``deflateInit2``)."""


class WrittenFile:
    """Lines, compressed. Who does not ``keep`` it must ``drop`` it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._aside, self._path = folder / f"{BEGINNING}{name}", folder / name
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        self._file = os.fdopen(os.open(self._aside, flags, MODE), "wb")
        self._press = zlib.compressobj(_EFFORT, zlib.DEFLATED, _GZIP)
        self._digest = hashlib.sha256()
        self.inode = os.fstat(self._file.fileno()).st_ino
        """The number of the file, whatever its name."""

    def add(self, line: bytes) -> None:
        """Add a line."""
        self._digest.update(line)
        self._file.write(self._press.compress(line))

    def keep(self, sessions: int) -> None:
        """Write the end, and give it its name once it is on the disk."""
        self._finish(write_end(End(sessions, self._digest.hexdigest())))
        self._aside.rename(self._path)
        make_last(self._path.parent)

    def rehearse(self) -> None:
        """Write to the disk what there is, without a name, and leave nothing behind."""
        try:
            self._finish(b"")
        finally:
            self.drop()

    def drop(self) -> None:
        """Leave nothing behind."""
        try:
            self._file.close()
        finally:
            self._aside.unlink(missing_ok=True)

    def _finish(self, last: bytes) -> None:
        self._file.write(self._press.compress(last) + self._press.flush())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def make_last(folder: Path) -> None:
    """Have the names in a folder outlive a crash."""
    # Linux and macOS take a folder here as they do a file (fsync(2)).
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
