"""What the dashboard needs from outside."""

from abc import abstractmethod
from typing import Protocol

from domain.readings import Reading


class Readings(Protocol):
    """Reads what all workers of a server have counted."""

    @abstractmethod
    async def take(self) -> Reading:
        """Take a reading. Never waits for the store."""
