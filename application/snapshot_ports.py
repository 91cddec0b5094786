"""What snapshots need from outside: a store that is read and put back, and files."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from attrs import frozen

from domain.errors import FramegateError
from domain.snapshot import About, Part, PutBack


@frozen
class SnapshotBroken(FramegateError):
    """A file cannot be relied on as a snapshot, and nothing of it has been put back.

    ``problem``: ``truncated``, ``changed``, ``version`` or ``no_snapshot``.
    """

    name: str
    problem: str


@frozen
class SnapshotsUnavailable(FramegateError):
    """The folder or a file in it cannot be worked with; ``reason`` is the system's."""

    path: str
    reason: str


@frozen
class SnapshotUnderWay(FramegateError):
    """Another process is taking a snapshot into the same folder."""

    path: str


@frozen(kw_only=True)
class Snapshot:
    """A whole snapshot in a file: its checksum is right. ``sessions`` is how many are in it."""

    name: str
    about: About
    sessions: int


class SnapshotStore(Protocol):
    """Sessions that can be read as a whole and put back. Methods raise ``StoreUnavailable``."""

    @abstractmethod
    def read(self, client: str, *, final: bool) -> AsyncIterator[Part]:
        """Yield all that is kept of a client, in pieces that hold nobody up.

        What is active and ends meanwhile is there twice, the end behind; nothing is left out.
        Payloads and grants are there in a ``final`` one only.
        """

    @abstractmethod
    async def put_back(self, part: Part, *, final: bool) -> PutBack:
        """Put a piece back, by the rules of ``domain/snapshot.py``; to do it again does no harm."""

    @abstractmethod
    def end(self) -> bool:
        """Answer nobody any more; ``False`` for a store that lives on without this program."""


class SnapshotFiles(Protocol):
    """Keeps snapshots. Every method raises ``SnapshotsUnavailable``; none blocks the loop."""

    @abstractmethod
    def turn(self, patience: float) -> AbstractAsyncContextManager[None]:
        """Take the turn of those who write here, whatever process they are.

        Raises ``SnapshotUnderWay`` where another has it for longer than ``patience`` (s).
        """

    @abstractmethod
    async def write(self, about: About, parts: AsyncIterator[Part]) -> Snapshot:
        """Write a snapshot, whole or not at all, and make it last."""

    @abstractmethod
    async def rehearse(self) -> None:
        """Write a file as a snapshot is written, and leave nothing behind."""

    @abstractmethod
    async def names(self) -> Sequence[str]:
        """List the snapshots, the last first."""

    @abstractmethod
    async def last_taken(self) -> int | None:
        """Tell when the last one was taken, in ms since the epoch."""

    @abstractmethod
    async def check(self, name: str) -> Snapshot:
        """Read a file to its end. Raises ``SnapshotBroken``.

        It is final only as the file that was written: not once it is used up, and no copy is.
        """

    @abstractmethod
    async def use_up(self, name: str) -> str:
        """Make a snapshot final no more, lastingly, and return its name from then on."""

    @abstractmethod
    def parts(self, name: str) -> AsyncIterator[Part]:
        """Yield what is in a file. Raises ``SnapshotBroken``."""

    @abstractmethod
    async def keep_last(self, count: int) -> None:
        """Remove all snapshots but so many, and what writers that died have left."""
