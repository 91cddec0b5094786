"""Read what was counted, and keep what was read before."""

from attrs import Factory, define

from application.dashboard_ports import Readings
from domain.readings import STEP_MS, History, Reading


@define
class TakeReading:
    """Read time and again, a step apart, so that whoever comes to look sees what was."""

    readings: Readings
    history: History = Factory(History)

    async def begin(self) -> float:
        """Go on from what others have kept; return in how many seconds the next is due."""
        self.history = History(tuple(await self.readings.kept()))
        if not self.history.readings:
            return 0.0
        now = await self.readings.take()
        due_ms = self.history.readings[-1].at + STEP_MS - now.at
        return min(max(due_ms, 0), STEP_MS) / 1000

    async def execute(self) -> Reading:
        """Take one, and keep it, for whoever begins later as well."""
        reading = await self.readings.take()
        self.history = self.history.with_one(reading)
        await self.readings.keep(reading)
        return reading
