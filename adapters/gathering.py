"""Entries of events on their way to where writing takes time."""

import asyncio
from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import accumulate, islice
from typing import Protocol

from attrs import frozen

MOST_KEPT = 10_000
"""So many entries wait for a writer that is in trouble: a few megabytes. More are lost."""

BATCH = 500
EVERY_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
TOLD_AGAIN_SECONDS = 60.0
LAST_SECONDS = 0.5
"""So long a server that stops waits for its last events to be written."""


class NotTaken(Exception):
    """A batch was not written, or nobody knows. ``problem`` says why, in a few words."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Writer(Protocol):
    """Writes batches of entries, a line each, the last without its end.

    A batch that was not taken comes again, under the same number. ``most`` is how many lines one
    should have; a piece that has more is a batch of its own.
    """

    most: int = BATCH

    @abstractmethod
    async def write(self, number: int, lines: bytes, count: int) -> None:
        """Write a batch of so many lines, whole or not at all. Raises ``NotTaken``."""


@frozen
class Trouble:
    """Whom to tell that nothing is written, once a minute while it is so, and that it is again.

    Both hear how many entries were lost since they were told last.
    """

    begins: Callable[[str, int], None]
    ends: Callable[[int], None]


class Gathering:
    """Keeps entries for a moment and has them written in batches, beside the requests.

    To take some is to append them, in one piece, as they come. It is bounded: when the writer is in
    trouble for so long that no more can be kept, those that come then are lost; ``lost`` tells how
    many.
    """

    def __init__(self, writer: Writer, trouble: Trouble, most_kept: int = MOST_KEPT) -> None:
        self.lost = 0
        self._writer = writer
        self._trouble = trouble
        self._most_kept = most_kept
        self._kept: deque[tuple[bytes, int]] = deque()  # pieces, and how many lines each has
        self._waiting = 0  # lines in all
        self._number = 0
        self._under_way = 0  # so many pieces are in the batch of that number
        self._pause = EVERY_SECONDS
        self._told_at: float | None = None  # of trouble that goes on
        self._told_lost = 0
        self._stopping = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None

    def take(self, lines: bytes, count: int) -> None:
        """Take so many entries, as far as there is room."""
        room = self._most_kept - self._waiting
        if count > room:
            self.lost += count - room
            lines, count = b"\n".join(lines.split(b"\n")[:room]), room
        if count:
            self._kept.append((lines, count))
            self._waiting += count

    @property
    def is_in_trouble(self) -> bool:
        """Whether the writer takes nothing: it was told, and what comes waits."""
        return self._told_at is not None

    def start(self) -> None:
        """Begin to write, in the event loop that runs."""
        self._writing = asyncio.get_running_loop().create_task(self._write_for_ever())

    async def close(self) -> None:
        """Write what there is, if that is possible soon, and tell what is lost."""
        self._stopping.set()
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=LAST_SECONDS)
            self._writing.cancel()
            with suppress(asyncio.CancelledError):
                await self._writing
        if self._kept:
            self.lost += self._waiting
            self._kept.clear()
            self._waiting = 0
            self._tell("stopped")

    async def _write_for_ever(self) -> None:
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause):
                    await self._stopping.wait()
            try:
                await self._write_what_is_due()
            except NotTaken as refusal:
                self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
                if self._told_at is None or self._now() - self._told_at >= TOLD_AGAIN_SECONDS:
                    self._tell(refusal.problem)

    async def _write_what_is_due(self) -> None:
        """Write what there is, and what comes meanwhile only where it fills a batch.

        Under load something always has come: it would be written in crumbs, without a pause.
        """
        due = self._waiting
        while self._kept and (
            due > 0 or self._waiting >= self._writer.most or self._stopping.is_set()
        ):
            # What was not taken comes again as it was, without what has come since: under its
            # number it may have been taken after all, and then is taken for what it is.
            self._under_way = self._under_way or self._fit()
            pieces, counts = zip(*islice(self._kept, self._under_way), strict=True)
            count = sum(counts)
            await self._writer.write(self._number, b"\n".join(pieces), count)
            self._number += 1
            due -= count
            self._waiting -= count
            for _ in range(self._under_way):
                self._kept.popleft()
            self._under_way = 0
            self._pause = EVERY_SECONDS
            if self._told_at is not None:
                self._told_at = None
                self._trouble.ends(self._lost_since_told())

    def _fit(self) -> int:
        """Tell how many pieces make a batch: one at least, however many lines it has."""
        most = self._writer.most
        counts = accumulate(count for _, count in islice(self._kept, most))
        return max(1, sum(1 for lines in counts if lines <= most))

    def _tell(self, problem: str) -> None:
        self._told_at = self._now()
        self._trouble.begins(problem, self._lost_since_told())

    def _lost_since_told(self) -> int:
        since, self._told_lost = self.lost - self._told_lost, self.lost
        return since

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
