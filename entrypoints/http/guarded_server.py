"""What is asked of a server, whichever transport it runs on, and its guard at the door."""

import socket
from abc import ABC, abstractmethod
from collections.abc import Iterable

from entrypoints.http.gate import Gate


class GuardedServer(ABC):
    """Has the gate, once there is one, turn away what is too much."""

    gate: Gate | None = None
    arriving = 0
    """How many have been let in whose requests may be there, though nobody has read them."""

    @property
    @abstractmethod
    def open_connections(self) -> int:
        """How many there are, whatever they are at."""

    @abstractmethod
    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        """Listen on these."""

    @abstractmethod
    def end_keep_alive(self) -> None:
        """Close connections after the next answer: whoever asks comes back on another."""

    @abstractmethod
    def stop(self) -> None:
        """Stop listening; connections stay."""

    @abstractmethod
    async def close_all_connections(self) -> None:
        """Close all connections, whatever they are at."""

    def turns_away(self, connection: socket.SocketType) -> bool:
        """Tell whether the gate has answered a connection in the server's stead."""
        if self.gate is None:
            return False
        return self.gate.turns_away(connection, self.arriving)
