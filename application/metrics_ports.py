"""What is measured, as the use case that tells it needs it."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from attrs import frozen


@frozen
class Exposition:
    """What has been measured, written down; ``kind`` is the media type."""

    kind: str
    text: bytes


class Measurements(Protocol):
    """Knows what has been measured by all workers of a server."""

    @abstractmethod
    async def written(self, accept: str) -> Exposition:
        """Write it down in the format that the caller accepts best, by its ``Accept``.

        Also while the store is away: what only the store can tell is missing then.
        """


@frozen(kw_only=True)
class StoreServer:
    """A server that decides over sessions; ``memory_limit_bytes`` is 0 where there is no limit."""

    name: str
    memory_bytes: int
    memory_limit_bytes: int
    is_primary: bool
    replicas: int


class StoreServers(Protocol):
    """Knows how things stand with the servers of the store."""

    @abstractmethod
    async def look(self) -> Sequence[StoreServer]:
        """Ask each server that decides. Raises ``StoreUnavailable``, also where it may not ask."""
