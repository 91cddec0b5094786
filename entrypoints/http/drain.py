"""The end of a server: what it still has to finish."""

import asyncio
from time import monotonic

from attrs import define, field


@define
class Drain:
    """Whether the server is on its way out, and the requests in flight."""

    started: bool = False
    _in_flight: dict[object, float] = field(factory=dict)
    _idle: asyncio.Event = field(factory=asyncio.Event)

    @property
    def in_flight(self) -> int:
        """How many requests have come in and have not been answered."""
        return len(self._in_flight)

    def has(self, request: object) -> bool:
        """Tell whether the request is in flight."""
        return request in self._in_flight

    def since(self, request: object) -> float | None:
        """Tell since when it has been, by the monotonic clock; ``None`` where it is not."""
        return self._in_flight.get(request)

    def begin(self, request: object) -> None:
        """Take note that a request has come in."""
        self._in_flight[request] = monotonic()

    def end(self, request: object) -> None:
        """Take note that it has been answered or given up; saying so twice does no harm."""
        self._in_flight.pop(request, None)
        if self.started and not self._in_flight:
            self._idle.set()

    async def finish(self, most_seconds: float) -> None:
        """Wait until nothing is in flight, or until the time is over."""
        try:
            async with asyncio.timeout(most_seconds):
                while self._in_flight:
                    # It may have been idle before, and have been asked again since.
                    self._idle.clear()
                    await self._idle.wait()
        except TimeoutError:
            return
