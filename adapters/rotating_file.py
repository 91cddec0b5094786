"""A file that grows to a size and is then put aside, written to by several processes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from attrs import define


@define
class RotatingFile:
    """Appends to ``path``. At ``most_bytes`` it becomes ``path.1``, what that was ``path.2``.

    ``keep`` of these are kept. Whoever appends holds the lock of the file itself (``flock``), so
    that processes of several servers, too, write one after the other, and one of them puts it
    aside. Who finds that somebody has moved it, as logrotate does, goes on with a new one.
    Only its owner may read it.
    """

    path: Path
    most_bytes: int
    keep: int
    _file: int | None = None

    def append(self, data: bytes) -> None:
        """Write all of it, or nothing. Raises ``OSError``."""
        with self._locked(len(data)) as file:
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":  # who wrote last has died over it
                data = b"\n" + data
            try:
                written = 0
                while written < len(data):
                    written += os.write(file, data[written:])
            except OSError:
                with suppress(OSError):  # it may be no file but a device
                    os.ftruncate(file, size)
                raise

    def close(self) -> None:
        """Close it; what is appended afterwards opens it again."""
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)

    def try_out(self) -> None:
        """Open it and close it. Raises ``OSError`` where it cannot be written to."""
        os.close(self._open())

    def rehearse(self) -> bool:
        """Do the same, leave no file behind that was not there, and tell whether there is room.

        Whoever rehearses need not be the user that the file must belong to.
        """
        there = os.path.lexists(self.path)
        file = self._open()
        try:
            disk = os.fstatvfs(file)
        finally:
            os.close(file)
            if not there:
                self.path.unlink(missing_ok=True)
        return bool(disk.f_bavail or not disk.f_blocks)  # a device has no blocks at all

    def _open(self) -> int:
        return os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)

    @contextmanager
    def _locked(self, more: int) -> Iterator[int]:
        while True:
            if self._file is None:
                self._file = self._open()
            file = self._file
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                if self._is_still_there(file):
                    size = os.fstat(file).st_size
                    if not size or size + more <= self.most_bytes:
                        yield file
                        return
                    self._put_aside()
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
            self.close()

    def _is_still_there(self, file: int) -> bool:
        try:
            return os.path.samestat(self.path.stat(), os.fstat(file))
        except FileNotFoundError:
            return False

    def _put_aside(self) -> None:
        for number in range(self.keep - 1, 0, -1):
            with suppress(FileNotFoundError):
                aside(self.path, number).replace(aside(self.path, number + 1))
        self.path.replace(aside(self.path, 1))


def aside(path: Path, number: int) -> Path:
    """Name the file that was put aside so many times."""
    return path.with_name(f"{path.name}.{number}")
