"""The readings of the last minutes, where the worker that comes later finds them."""

from collections import deque
from collections.abc import Sequence

from attrs import Factory, define

from adapters.metrics.board import Board
from adapters.metrics.packed_reading import packed, unpacked
from domain.readings import STEPS, Reading


@define(eq=False)
class SharedHistory:
    """Each worker leaves its own readings on a board, and begins with those of another.

    All read the same counts, so that it does not matter whose they are. Each reading is written
    down once, when it is taken.
    """

    board: Board = Factory(Board)
    _lines: deque[bytes] = Factory(lambda: deque(maxlen=STEPS + 1))

    def begin(self) -> Sequence[Reading]:
        """Return the readings of the worker that took the latest, which this one goes on from."""
        histories = [[*map(unpacked, left.splitlines())] for left, _ in self.board.all()]
        latest = max(histories, key=lambda readings: readings[-1].at if readings else 0)
        self._lines.extend(packed(reading) for reading in latest)
        return latest

    def leave(self, place: int, reading: Reading) -> None:
        """Leave one more at a place; of too many clients for the board, fewer readings."""
        self._lines.append(packed(reading))
        while not self.board.put(place, b"\n".join(self._lines)):
            self._lines.popleft()
