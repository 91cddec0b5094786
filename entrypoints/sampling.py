"""The readings that are taken whether anybody watches or not."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from attrs import define

from application.look_at_store import LookAtStore
from application.take_reading import TakeReading
from domain.readings import STEP_MS

_log = structlog.stdlib.get_logger("framegate.server")


@define
class Sampling:
    """Takes a reading every step, and looks whether the store answers: in each worker for itself.

    So whoever opens the dashboard sees the minutes before, and since when the store is away. What
    another worker has read before, it goes on from, a step after that.
    """

    take: TakeReading
    look: LookAtStore
    seconds: float = STEP_MS / 1000
    _going_on: "asyncio.Task[None] | None" = None

    def start(self) -> None:
        """Begin, in the event loop that runs."""
        self._going_on = asyncio.get_running_loop().create_task(self._go_on())

    async def close(self) -> None:
        """Take no more."""
        if self._going_on is not None:
            self._going_on.cancel()
            with suppress(asyncio.CancelledError):
                await self._going_on

    async def _go_on(self) -> None:
        with _told():
            await asyncio.sleep(await self.take.begin())
        while True:
            with _told():
                await self.take.execute()
                await self.look.execute(closely=False)
            await asyncio.sleep(self.seconds)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Exception:  # noqa: BLE001 one that fails must not be the last
        _log.exception("sampling_failed")
