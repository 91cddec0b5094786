"""Where workers leave what they have counted, for whichever of them is asked."""

import mmap
from struct import Struct
from zlib import crc32

SHEET_BYTES = 4 << 20
"""Room for what one worker has counted: some 100,000 series. Memory is taken as it is used."""

_HEAD = Struct("<QII")  # how many times something was left here, the size of the last, its CRC
_TRIES = 3


class Board:
    """Memory that all workers of a server share, with a place for each.

    A place has two sheets that are written in turns, so that a worker which is killed while it
    writes leaves what it wrote before. Nobody waits for anybody: who reads what is being written
    sees by the CRC that it is not whole. Until ``share`` there is one place, and one process.
    """

    def __init__(self, sheet_bytes: int = SHEET_BYTES) -> None:
        self._sheet_bytes = sheet_bytes
        self._alone = b""
        self._places = 1
        self._memory: mmap.mmap | None = None

    def share(self, places: int) -> None:
        """Make room for so many workers, which must be forked after this."""
        self._places = places
        self._memory = mmap.mmap(-1, places * (1 + 2 * self._sheet_bytes))

    def put(self, place: int, left: bytes) -> bool:
        """Leave this at a place, instead of what is there. Tell whether there was room."""
        if self._memory is None:
            self._alone = left
            return True
        if len(left) > self._sheet_bytes - _HEAD.size:
            return False
        turn = self._last(place)[0] + 1
        at = self._sheet(place, turn)
        begins = at + _HEAD.size
        self._memory[begins : begins + len(left)] = left
        self._memory[at:begins] = _HEAD.pack(turn, len(left), crc32(left))
        self._memory[place] = 1
        return True

    def get(self, place: int) -> bytes:
        """Return what was last left at a place, nothing where that is nothing."""
        return self._last(place)[1] if self._memory else self._alone

    def vacate(self, place: int) -> None:
        """Take note that the worker of a place is gone; what it has left stays."""
        if self._memory is not None:
            self._memory[place] = 0

    def all(self) -> list[tuple[bytes, bool]]:
        """Return what was left at each place, and whether there is a worker."""
        if self._memory is None:
            return [(self._alone, True)]
        memory = self._memory
        return [(self.get(place), bool(memory[place])) for place in range(self._places)]

    def _last(self, place: int) -> tuple[int, bytes]:
        nothing = (0, b"")
        if self._memory is None:
            return nothing
        for _ in range(_TRIES):  # both may be in the writing where he who reads is very slow
            last = max(_read(self._memory, self._sheet(place, turn)) for turn in (0, 1))
            if last != nothing:
                return last
        return nothing

    def _sheet(self, place: int, turn: int) -> int:
        return self._places + (2 * place + turn % 2) * self._sheet_bytes


def _read(memory: mmap.mmap, at: int) -> tuple[int, bytes]:
    begins = at + _HEAD.size
    turn, size, crc = _HEAD.unpack(memory[at:begins])
    left = memory[begins : begins + size]
    return (turn, left) if turn and crc32(left) == crc else (0, b"")
