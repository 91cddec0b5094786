"""A listening socket that turns away whom it is told to, before anybody builds anything."""

import socket
from collections.abc import Callable
from typing import Any

MOST_IN_A_ROW = 128
"""After so many the event loop gets its turn; there may be more at the door than it serves."""


class Door(socket.socket):
    """Takes over ``listener``. ``turns_away`` has answered a connection when it says yes."""

    def __init__(
        self, listener: socket.socket, turns_away: Callable[[socket.socket], bool]
    ) -> None:
        kind = (listener.family, listener.type, listener.proto)
        super().__init__(*kind, fileno=listener.detach())
        self.settimeout(0)
        self._turns_away = turns_away

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection that is let in. Raises ``BlockingIOError``."""
        for _ in range(MOST_IN_A_ROW):
            connection, address = super().accept()
            if not self._turns_away(connection):
                return connection, address
            connection.close()
        raise BlockingIOError
