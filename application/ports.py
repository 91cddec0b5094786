"""What the use cases need from outside, in domain words.

Adapters subclass these by name, so that a missing method fails at construction.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from domain.attempt import Attempt
from domain.client import Caller, Client
from domain.errors import FramegateError
from domain.events import Event
from domain.figures import CleanUp, Figures
from domain.opened import Opened
from domain.payload import Payload
from domain.rate import Rate
from domain.repeat import Repeat
from domain.session import Session
from domain.session_id import Digest


@frozen
class StoreUnavailable(FramegateError):
    """The store gave no answer that can be relied on.

    A create or a redeem may or may not have happened; it has not been sent twice.
    ``problem`` says in a few words what the store's client saw, without ids or keys.
    """

    problem: str


class SessionRepository(Protocol):
    """Keeps sessions and decides over them, each operation atomic, on its own clock.

    Every method raises ``StoreUnavailable``.
    """

    @abstractmethod
    async def create(
        self,
        client: str,
        digest: Digest,
        *,
        ttl_ms: int,
        cap: int,
        payload: Payload,
        rate: Rate | None = None,
        repeat: Repeat | None = None,
    ) -> Opened:
        """Open a session or, where this is a ``repeat``, find the one that was opened.

        Raises ``IdempotencyConflict``, ``RateLimited`` where there is a ``rate``,
        ``CapReached``, ``DuplicateSession``, and judges them in this order. Whatever is
        not a repeat counts towards the rate.
        """

    @abstractmethod
    async def redeem(
        self, client: str, digest: Digest, *, attempt: Attempt | None = None
    ) -> Session:
        """Let exactly one caller ever have the session. Raises ``Refused``.

        Of an ``attempt`` the refusals are counted; who has had too many gets
        ``RateLimited`` before anything is looked at.
        """

    @abstractmethod
    async def revoke(self, client: str, digest: Digest) -> Session:
        """End an active session unused. Raises ``Refused``."""

    @abstractmethod
    async def figures(self, client: str) -> Figures:
        """Count the client's sessions."""

    @abstractmethod
    async def clean_up(self, client: str) -> CleanUp:
        """Forget the client's sessions that have reached their expiry, however they ended."""


class StoreHealth(Protocol):
    """Knows whether the store can be worked with now."""

    @abstractmethod
    async def check(self) -> None:
        """Ask the store for a sign of life. Raises ``StoreUnavailable``."""


class ClientDirectory(Protocol):
    """Knows who may call. Answers from memory."""

    @abstractmethod
    def holder(self, key_digest: str | None) -> Caller | None:
        """Tell whose key this is; ``None`` asks for callers who bring no key."""

    @abstractmethod
    def by_tag(self, tag: str) -> Client | None:
        """Tell which client a session id's tag stands for."""

    @abstractmethod
    def clients(self) -> Sequence[Client]:
        """List the clients, in the order of their names."""


class EventSink(Protocol):
    """Takes note of events."""

    @abstractmethod
    def emit(self, event: Event) -> None:
        """Take the event. Never raises, never waits."""


class Clock(Protocol):
    """Tells the time for what people read; the store's own clock decides over sessions."""

    @abstractmethod
    def now(self) -> int:
        """Milliseconds since the Unix epoch."""


class Randomness(Protocol):
    """Makes what nobody can guess."""

    @abstractmethod
    def secret(self, size: int) -> bytes:
        """Return ``size`` bytes from a cryptographically secure source."""
