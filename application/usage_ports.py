"""What the usage report needs from outside."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from domain.usage import Count


class UsageLedger(Protocol):
    """Has what the store counted while it decided: no more and no less than what it did."""

    @abstractmethod
    async def counts(self, client: str, first_day: int, last_day: int) -> Sequence[Count]:
        """Return the counts of these days, both included, in no order.

        A day is told by its number since the epoch, in UTC. What is older than
        ``domain.usage.KEPT_DAYS`` may be gone. Raises ``StoreUnavailable``.
        """
