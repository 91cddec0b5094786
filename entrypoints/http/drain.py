"""The end of a server: what it still has to finish."""

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic

from attrs import define, field

Takes = Mapping[int, Callable[[float], None]]
"""What takes note of the seconds until an answer, by its status."""


@define
class Drain:
    """Whether the server is on its way out, and the requests in flight."""

    started: bool = False
    since: dict[object, float] = field(init=False, factory=dict)
    """The requests in flight, and since when each is, by the monotonic clock."""
    _idle: asyncio.Event = field(factory=asyncio.Event)

    @property
    def in_flight(self) -> int:
        """How many requests have come in and have not been answered."""
        return len(self.since)

    def has(self, request: object) -> bool:
        """Tell whether the request is in flight."""
        return request in self.since

    def begin(self, request: object) -> None:
        """Take note that a request has come in."""
        self.since[request] = monotonic()

    def measure(self, request: object, takes: Takes, status: int) -> None:
        """Have note taken of how long the answer took that is about to leave.

        Who has left meanwhile has not been answered.
        """
        if (began := self.since.get(request)) is not None:
            takes[status](monotonic() - began)

    def end(self, request: object) -> None:
        """Take note that it has been answered or given up; saying so twice does no harm."""
        self.since.pop(request, None)
        if self.started and not self.since:
            self._idle.set()

    async def finish(self, most_seconds: float) -> None:
        """Wait until nothing is in flight, or until the time is over."""
        try:
            async with asyncio.timeout(most_seconds):
                while self.since:
                    # It may have been idle before, and have been asked again since.
                    self._idle.clear()
                    await self._idle.wait()
        except TimeoutError:
            return
