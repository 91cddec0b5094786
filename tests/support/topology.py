"""What a scenario needs to know of several Redis servers that stand in for each other."""

from abc import abstractmethod
from typing import Protocol

from adapters.redis.address import RedisAddress
from tests.support.redis_server import RedisServer

NEVER_DOWN_MS = 600_000
"""For tests in which nobody takes over, also where a busy machine has a server stand still."""


class Topology(Protocol):
    replicas_each: int

    @property
    @abstractmethod
    def address(self) -> RedisAddress:
        """Where a link finds it."""

    @property
    @abstractmethod
    def environment(self) -> dict[str, str]:
        """What a framegate server needs to know."""

    @abstractmethod
    def serving(self, client_name: str) -> RedisServer:
        """Find the server that has this client's sessions."""

    @abstractmethod
    def drop_replication(self, primary: RedisServer) -> None:
        """Let its replicas get nothing more; nobody else notices anything."""

    @abstractmethod
    def names_another(self, former: RedisServer, client_name: str) -> bool:
        """Tell whether whoever asks can learn of another primary by now."""

    @abstractmethod
    def wait_for_another(self, former: RedisServer, client_name: str) -> None:
        """Wait until all who can be asked name another primary."""

    @abstractmethod
    def heal(self) -> None:
        """Bring back whoever is dead or cut off, and wait until all is well."""
