"""What the dashboard needs from outside."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from domain.readings import Reading


class Readings(Protocol):
    """Reads what all workers of a server have counted."""

    @abstractmethod
    async def take(self) -> Reading:
        """Take a reading. Never waits for the store."""

    @abstractmethod
    async def keep(self, reading: Reading) -> None:
        """Keep a reading for a worker that begins later."""

    @abstractmethod
    async def kept(self) -> Sequence[Reading]:
        """Return what another worker has kept up to lately, the oldest first; to go on from."""
