"""What is asked of a server, whichever transport it runs on, and its guard at the door."""

import asyncio
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterable

from entrypoints.http.gate import Gate


class GuardedServer(ABC):
    """Has the gate, once there is one, turn away what is too much."""

    gate: Gate | None = None
    _arriving = 0

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

    def turns_away(self, connection: socket.socket) -> bool:
        """Tell whether the gate has answered a connection in the server's stead."""
        if self.gate is None:
            return False
        if self.gate.turns_away(connection, self._arriving):
            return True
        # Until the loop comes around it is in flight, though nobody has read it yet.
        if not self._arriving:
            asyncio.get_running_loop().call_soon(self._arrived)
        self._arriving += 1
        return False

    def _arrived(self) -> None:
        self._arriving = 0
