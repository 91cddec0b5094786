"""The periodic look for alerts, by one worker of a server."""

import asyncio
from contextlib import suppress

import structlog
from attrs import Factory, define

from application.watch_for_alerts import WatchForAlerts
from entrypoints.turn import Turn

LOOK_SECONDS = 5.0

_log = structlog.stdlib.get_logger("framegate.alerts")


@define
class AlertWatch:
    """Looks as long as it is this worker's turn, which it keeps until its end.

    Made before the workers are. When the one that looks has died, another begins to, and knows
    nothing of what was told: what goes on is told again.
    """

    watch: WatchForAlerts
    seconds: float = LOOK_SECONDS
    _turn: Turn = Factory(Turn)
    _looking: "asyncio.Task[None] | None" = None

    def start(self) -> None:
        """Begin to look, in the event loop that runs."""
        self._looking = asyncio.get_running_loop().create_task(self._look_for_ever())

    async def close(self) -> None:
        """Look no longer."""
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self.seconds)
            if self._turn.take_if_free():
                try:
                    await self.watch.execute()
                except Exception:  # noqa: BLE001 one look that fails must not be the last
                    _log.exception("alert_watch_failed")
