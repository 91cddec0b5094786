"""Put together what the dashboard shows."""

from attrs import frozen

from application.look_at_store import LookAtStore, StoreView
from application.take_reading import TakeReading
from domain.readings import History, Reading


@frozen(kw_only=True)
class Moment:
    """All there is to be seen at one instant."""

    now: Reading
    history: History
    store: StoreView


@frozen
class ShowDashboard:
    """Shows what was counted up to now, and what the store told last: it waits for nobody."""

    take: TakeReading
    look: LookAtStore

    async def execute(self) -> Moment:
        """Take a reading, which is not kept, and put the rest beside it."""
        now = await self.take.readings.take()
        return Moment(now=now, history=self.take.history, store=self.look.view)
