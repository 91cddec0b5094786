"""A file that may be a snapshot, read line by line."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import evolve

from adapters.snapshots.lines import NoLine, OtherVersion, read_about, read_end, read_part
from application.snapshot_ports import Snapshot, SnapshotBroken
from domain.snapshot import Part

USED_UP = ".used"
"""What the name of a snapshot ends with that was final."""

MOST_BYTES = 16 * 1024 * 1024
"""No line is longer: what is, is no snapshot, and need not fit into memory."""


def check(path: Path) -> Snapshot:
    """Read it to its end. Raises ``OSError``, ``SnapshotBroken``."""
    with _lines_of(path) as (lines, status):
        first = next(lines, b"")
        with _broken_as(path, "no_snapshot"):
            about, inode = read_about(first)
        digest, last = hashlib.sha256(), first
        for line in lines:
            digest.update(last)
            last = line
        with _broken_as(path, "truncated"):
            end = read_end(last)
        if digest.hexdigest() != end.sha256:
            raise SnapshotBroken(path.name, "changed")
    only_name = status.st_nlink == 1 and not path.name.endswith(USED_UP)
    about = evolve(about, final=only_name and inode == status.st_ino)
    return Snapshot(name=path.name, about=about, sessions=end.sessions)


def parts_of(path: Path) -> Iterator[Part]:
    """Yield its parts. Raises ``OSError``, ``SnapshotBroken``."""
    with _lines_of(path) as (lines, _), _broken_as(path, "no_snapshot"):
        next(lines, b"")
        line = next(lines, b"")
        for after in lines:
            yield read_part(line)
            line = after


@contextmanager
def _lines_of(path: Path) -> Iterator[tuple[Iterator[bytes], os.stat_result]]:
    with path.open("rb") as file, gzip.GzipFile(fileobj=file) as unpacked:
        try:
            yield iter(lambda: unpacked.readline(MOST_BYTES), b""), os.fstat(file.fileno())
        except EOFError as error:
            raise SnapshotBroken(path.name, "truncated") from error
        except gzip.BadGzipFile as error:
            problem = "changed" if unpacked.tell() else "no_snapshot"
            raise SnapshotBroken(path.name, problem) from error
        except zlib.error as error:
            raise SnapshotBroken(path.name, "changed") from error


@contextmanager
def _broken_as(path: Path, problem: str) -> Iterator[None]:
    try:
        yield
    except OtherVersion as error:
        raise SnapshotBroken(path.name, "version") from error
    except NoLine as error:
        raise SnapshotBroken(path.name, problem) from error
