"""What reading the audit log again needs from outside."""

from abc import abstractmethod
from collections.abc import Collection, Sequence
from typing import Protocol

from domain.audit import Entry, Stretch


class AuditTrail(Protocol):
    """Keeps the latest events that all workers have audited, and reads them again.

    Every method but ``start_of`` raises ``StoreUnavailable``.
    """

    @abstractmethod
    def start_of(self, at: int) -> str:
        """Name a position before which nothing stands that happened at ``at`` or later."""

    @abstractmethod
    async def after(self, position: str, most: int, only: Collection[str] = ()) -> Stretch:
        """Look at the ``most`` entries that come after a position.

        Of these it returns the events that are named in ``only``, all where none is. From a
        ``start_of`` nothing is missed, for nobody has read up to there; nor from a file.
        """

    @abstractmethod
    async def latest(self, count: int) -> Sequence[Entry]:
        """Return the last ones, the oldest of them first."""
