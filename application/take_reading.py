"""Read what was counted, and keep what was read before."""

from attrs import Factory, define

from application.dashboard_ports import Readings
from domain.readings import History, Reading


@define
class TakeReading:
    """Read time and again, a step apart, so that whoever comes to look sees what was."""

    readings: Readings
    history: History = Factory(History)

    async def execute(self) -> Reading:
        """Take one, and keep it."""
        reading = await self.readings.take()
        self.history = self.history.with_one(reading)
        return reading
