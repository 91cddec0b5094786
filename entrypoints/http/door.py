"""A listening socket that turns away whom it is told to, before anybody builds anything."""

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

MOST_IN_A_ROW = 128
"""After so many the event loop gets its turn; there may be more at the door than it serves."""

_NO_DESCRIPTOR = (errno.EMFILE, errno.ENFILE)


class Door(socket.socket):
    """Takes over ``listener``. ``turns_away`` has answered a connection when it says yes."""

    def __init__(
        self, listener: socket.socket, turns_away: Callable[[socket.socket], bool]
    ) -> None:
        self._kind = (listener.family, listener.type)
        super().__init__(*self._kind, listener.proto, fileno=listener.detach())
        self.settimeout(0)
        self._turns_away = turns_away
        self._spare: int | None = os.open(os.devnull, os.O_RDONLY)

    # accept() asks for both, and those of socket.socket look them up anew each time.
    @property
    def family(self) -> socket.AddressFamily:
        """The listener's own."""
        return self._kind[0]

    @property
    def type(self) -> socket.SocketKind:
        """The listener's own."""
        return self._kind[1]

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection that is let in. Raises ``BlockingIOError``."""
        for _ in range(MOST_IN_A_ROW):
            try:
                connection, address = super().accept()
            except OSError as error:
                if error.errno not in _NO_DESCRIPTOR:
                    raise
                self._hang_up_on_one()
                continue
            if not self._turns_away(connection):
                return connection, address
            connection.close()
        raise BlockingIOError

    def close(self) -> None:
        """Stop listening."""
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None
        super().close()

    def _hang_up_on_one(self) -> None:
        """Take up a connection with the descriptor kept for it, and end it at once.

        Otherwise it would be at the door for ever, and the event loop would go on looking.
        """
        if self._spare is None:
            raise BlockingIOError
        os.close(self._spare)
        self._spare = None
        try:
            connection, _ = super().accept()
            connection.close()
        finally:
            self._spare = os.open(os.devnull, os.O_RDONLY)
