"""Somebody who watches the dashboard."""

import asyncio
from collections.abc import Callable

from attrs import Factory, define

from entrypoints.http.departure import WRITE_SECONDS


@define(eq=False)
class Viewer:
    """Takes a frame when he has taken the one before, so that no more than one waits for him.

    ``holds`` tells whether he may go on watching. ``gone`` is set when he is to be seen off.
    """

    _write: Callable[[bytes], "asyncio.Future[None]"]
    _hang_up: Callable[[], None]
    holds: Callable[[], bool]
    gone: asyncio.Event = Factory(asyncio.Event)
    _unread: "asyncio.Future[None] | None" = None
    _shown_at: float = 0.0

    @property
    def keeps_up(self) -> bool:
        """Whether what was sent to him has left."""
        return self._unread is None or self._unread.done()

    def show(self, frame: bytes, now: float) -> None:
        """Send a frame; who has not read the last in time is dropped. ``now`` is monotonic."""
        if self.keeps_up:
            self._unread, self._shown_at = self._write(frame), now
        elif now - self._shown_at >= WRITE_SECONDS:
            self._hang_up()
            self.gone.set()

    def dismiss(self, word: bytes = b"") -> None:
        """See him off, with a last word where he keeps up."""
        if word and self.keeps_up:
            self._write(word)
        self.gone.set()
