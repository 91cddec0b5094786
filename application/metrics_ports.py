"""What is measured, as the use case that tells it needs it."""

from abc import abstractmethod
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
