"""A listening socket that turns away whom it is told to, before anybody builds anything."""

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

MOST_IN_A_ROW = 512
"""After so many the event loop gets its turn; there may be more at the door than it serves."""

_NO_DESCRIPTOR = (errno.EMFILE, errno.ENFILE)


class Door(socket.socket):
    """Takes over ``listener``. ``turns_away`` has answered a connection when it says yes."""

    def __init__(
        self, listener: socket.socket, turns_away: Callable[[socket.SocketType], bool]
    ) -> None:
        self._kind = (listener.family, listener.type, listener.proto)
        super().__init__(*self._kind, fileno=listener.detach())
        self.settimeout(0)
        self._turns_away = turns_away
        self._spare: int | None = os.open(os.devnull, os.O_RDONLY)

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection that is let in. Raises ``BlockingIOError``."""
        for _ in range(MOST_IN_A_ROW):
            try:
                # What accept() itself begins with. For those who are turned away the socket
                # as the interpreter has it is enough; one of Python's costs as much as an answer.
                descriptor, address = self._accept()  # type: ignore[attr-defined] # it is there
            except OSError as error:
                if error.errno not in _NO_DESCRIPTOR:
                    raise
                self._hang_up_on_one()
                continue
            connection = socket.SocketType(*self._kind, descriptor)
            if not self._turns_away(connection):
                return socket.socket(*self._kind, connection.detach()), address
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
