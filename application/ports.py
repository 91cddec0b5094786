"""What the use cases need from outside, in domain words.

Adapters subclass these by name, so that a missing method fails at construction.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NoReturn, Protocol, Self

from attrs import field, frozen

from domain.attempt import Attempt
from domain.client import Admin, Caller, Client
from domain.errors import FramegateError
from domain.events import Event
from domain.figures import CleanUp, Figures
from domain.grant import Grant, Granting, Shown
from domain.opening import Batch, Opened, OpenedBatch, Opening
from domain.refusal import Refusal
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
    async def create(self, opening: Opening) -> Opened:
        """Open a session or, where it is a repeat, find the one that was opened.

        Raises ``IdempotencyConflict``, ``RateLimited``,
        ``CapReached``, ``DuplicateSession``, and judges them in this order. Whatever is
        not a repeat counts towards the rate.
        """

    @abstractmethod
    async def create_many(self, batch: Batch) -> OpenedBatch:
        """Open all sessions of a batch, or find them where it is a repeat, or change nothing.

        Raises the same as ``create``, in the same order. A repeat finds its sessions as long
        as all of them are active.
        """

    @abstractmethod
    async def redeem(
        self,
        client: str,
        digest: Digest,
        *,
        attempt: Attempt | None = None,
        granting: Granting | None = None,
        region: str = "",
    ) -> Session:
        """Let exactly one caller ever have the session, and the grant with it. Raises ``Refused``.

        Of an ``attempt`` the refusals are counted, and those that are too many are
        ``RateLimited`` instead. A session that can be redeemed always is: nobody is kept
        from his own by the failures of a neighbour behind the same address. ``region`` is the
        country that the usage counts it for.
        """

    @abstractmethod
    async def refuse(
        self, client: str, reason: Refusal, *, attempt: Attempt | None = None, region: str = ""
    ) -> NoReturn:
        """Count a redeem that was refused before any session was looked at, as ``redeem`` does.

        Raises ``Refused`` for that reason, or ``RateLimited``.
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


class GrantRepository(Protocol):
    """Keeps the grants that redeems have given, on the clock of the sessions' store.

    Every method raises ``StoreUnavailable``.
    """

    @abstractmethod
    async def use(self, client: str, *shown: Shown) -> Grant:
        """Find the first that holds of the grants shown, and put off its expiry.

        Raises ``Refused``, for what is wrong with the first.
        """

    @abstractmethod
    async def count_refusal(self, client: str, attempt: Attempt) -> None:
        """Count that somebody has shown none that holds. Raises ``RateLimited`` for one too many.

        Who shows one that holds is never held up by it.
        """

    @abstractmethod
    async def replace(self, client: str, session: Digest, token: Digest) -> Grant:
        """Have the grant of a session end soon: another takes its place. Raises ``Refused``."""

    @abstractmethod
    async def revoke(self, client: str, session: Digest) -> bool:
        """End the grant of a session; tell whether there was one."""


class StoreHealth(Protocol):
    """Knows whether the store can be worked with now."""

    @abstractmethod
    async def check(self) -> None:
        """Ask the store for a sign of life. Raises ``StoreUnavailable``."""


class Verdict(Enum):
    """How something that was looked at was found."""

    OK = "ok"
    NOTE = "note"  # worth knowing, nothing to put right
    FAILED = "failed"


@frozen
class Finding:
    """What one look showed.

    ``what`` is a message key, ``facts`` fill it in; neither ever holds a password or a key.
    """

    verdict: Verdict
    what: str
    facts: Mapping[str, object] = field(factory=dict)

    @classmethod
    def ok(cls, what: str, **facts: object) -> Self:
        """Find it as it should be."""
        return cls(Verdict.OK, what, facts)

    @classmethod
    def note(cls, what: str, **facts: object) -> Self:
        """Find something worth knowing."""
        return cls(Verdict.NOTE, what, facts)

    @classmethod
    def failed(cls, what: str, **facts: object) -> Self:
        """Find something that has to change; the text says what to change."""
        return cls(Verdict.FAILED, what, facts)


class StoreInspection(Protocol):
    """Looks the store over for what would break framegate's promises."""

    @abstractmethod
    async def inspect(self) -> Sequence[Finding]:
        """Look once, without touching anybody's sessions. A store that is away is a finding."""


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

    @abstractmethod
    def admins(self) -> Sequence[Admin]:
        """List the admins; none where keys are not asked for."""


class RegionResolver(Protocol):
    """Knows which country a caller is in. Answers at once, and never raises."""

    @abstractmethod
    def region(self, remote: str, told: Mapping[str, str]) -> str:
        """Return the country's code as ISO 3166-1 alpha-2 has it, empty where it is not known.

        ``remote`` is the caller's address, whatever that looks like; ``told`` are the fields of
        the request, none where whoever passed it on is not to be believed.
        """


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
