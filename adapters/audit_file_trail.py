"""Reading the audit log's file again, and those that were put aside."""

import errno
import os
from collections import deque
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from io import BufferedReader
from itertools import count
from pathlib import Path

from attrs import frozen

from adapters.audit_entry import Only, entry_of
from adapters.rotating_file import aside
from application.audit_ports import AuditTrail
from application.ports import StoreUnavailable
from domain.audit import Entry, Stretch

BEGINNING = "0:0"


@frozen
class FileTrail(AuditTrail):
    """Reads the oldest first. A position is the number of a file (inode) and a place in it."""

    path: Path

    def start_of(self, at: int) -> str:
        del at  # lines have no index
        return BEGINNING

    async def after(self, position: str, most: int, only: Collection[str] = ()) -> Stretch:
        wanted, found, looked = Only(only), list[Entry | None](), 0
        inode, offset = map(int, position.split(":"))
        with ExitStack() as opened:
            files = self._open(opened)
            if inode in files:
                files[inode].seek(offset)
                for older in list(files)[: list(files).index(inode)]:
                    del files[older]
            # Otherwise it was the last to be kept, and is gone.
            for number, file in files.items():
                place = file.tell()
                while looked < most and (line := file.readline()).endswith(b"\n"):
                    looked, place = looked + 1, file.tell()
                    if wanted.may_be(line):
                        found.append(entry_of(f"{number}:{place}", line))
                position = f"{number}:{place}"
                if looked == most:
                    break
        entries = [entry for entry in found if entry is not None]
        return Stretch(entries, position, looked < most)

    async def latest(self, count: int) -> Sequence[Entry]:
        kept, position, ended = deque[Entry](maxlen=count), BEGINNING, False
        while not ended:
            stretch = await self.after(position, 1000)
            kept += stretch.entries
            position, ended = stretch.end, stretch.reaches_the_end
        return list(kept)

    def _open(self, opened: ExitStack) -> dict[int, BufferedReader]:
        """Open all there are, by their inodes, the oldest first.

        They are opened the newest first: one that is moved meanwhile is met twice, and none missed.
        """
        files: dict[int, BufferedReader] = {}
        for number in count():
            path = aside(self.path, number) if number else self.path
            try:
                file = opened.enter_context(path.open("rb"))
            except FileNotFoundError:
                if number:  # the first may have been moved, and nothing been written since
                    break
            except OSError as error:
                raise StoreUnavailable(error.strerror or type(error).__name__) from error
            else:
                files.setdefault(os.fstat(file.fileno()).st_ino, file)
        if not files:
            raise StoreUnavailable(os.strerror(errno.ENOENT))
        return dict(reversed(files.items()))
