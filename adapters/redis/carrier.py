"""What a link needs of whatever carries its commands to Redis."""

from abc import abstractmethod
from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

Word = bytes | int | str


class Crowded(Exception):
    """As many commands as may await their answers do so already; this one was not sent."""


class Carrier(Protocol):
    """Sends commands, each once, and gives their answers.

    ``send`` and ``send_each`` raise ``Crowded``, redis-py's errors (those that Redis
    answered, and ``ConnectionError``) or ``OSError`` (``TimeoutError`` among them).
    """

    @property
    @abstractmethod
    def in_cluster(self) -> bool:
        """Whether it is a Cluster that is talked to."""

    @abstractmethod
    def send(self, key: bytes, *command: Word) -> Awaitable[Any]:
        """Send a command to the server that decides over the key."""

    @abstractmethod
    async def send_each(self, *command: Word) -> Mapping[str, Any]:
        """Send a command to every server that decides: in a Cluster each primary, by its name."""

    @abstractmethod
    def server_of(self, key: bytes) -> str:
        """Name the server that decides over a key, as ``send_each`` does, once it has."""

    @abstractmethod
    async def close(self) -> None:
        """Close all connections. Whoever waits for an answer is told so."""
