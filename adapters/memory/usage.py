"""The usage that a store in memory has counted."""

from collections.abc import Sequence

from adapters.memory.sessions import MemorySessions
from application.usage_ports import UsageLedger
from domain.usage import Count


class MemoryUsage(UsageLedger):
    """Reads what a store in memory has counted."""

    def __init__(self, sessions: MemorySessions) -> None:
        self._sessions = sessions

    async def counts(self, client: str, first_day: int, last_day: int) -> Sequence[Count]:
        _, own = self._sessions.at_now(client)
        return own.tallies.of(first_day, last_day)
