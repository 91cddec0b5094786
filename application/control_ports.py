"""What looking at sessions, and taking them back, needs from outside."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from domain.listing import Ended, Listing, Page, Position
from domain.record import Record


class SessionControl(Protocol):
    """Looks at the sessions of a client without using them, and ends many of them.

    It works on the clock of the sessions' store, and takes its time: a store may be asked once
    for every few thousand sessions. Every method raises ``StoreUnavailable``.
    """

    @abstractmethod
    async def find(self, client: str, fingerprint: str) -> Sequence[Record]:
        """Find what a fingerprint names; more than one session only by a rare chance."""

    @abstractmethod
    async def page(self, client: str, listing: Listing, after: Position | None, most: int) -> Page:
        """List as many as ``most`` that come after a position, those that expire first in front.

        Nothing that stays where it is between two pages is left out or listed twice. A grant
        that is used then moves on to a later expiry, and may be listed again.
        """

    @abstractmethod
    async def revoke_subject(self, client: str, subject: str) -> Ended:
        """End the active sessions and the grants that were given to a subject.

        What is created meanwhile may stay. Where it fails, part of it may have been done.
        """

    @abstractmethod
    async def revoke_all(self, client: str) -> Ended:
        """End all active sessions and all grants, at one instant."""
