"""The gate: turns connections away at the door while the server has too much to do.

To read a request, build a handler and render an answer costs a good part of what serving it
costs; a server that does so for each one that it turns away has no time left to serve.
Here it is a handful of system calls, with an answer that was made when the server started.
"""

import socket

from entrypoints.http.admission import Overloaded
from entrypoints.http.canned import CannedAnswer
from entrypoints.http.face import Face

LEAST_BYTES = 16
READ_BYTES = 8 * 1024
MOST_READS = 128

# Numbers, because to put the names of flags together takes time at each turn.
_NOW = int(socket.MSG_DONTWAIT)
_PEEK = int(socket.MSG_PEEK | socket.MSG_DONTWAIT)
# Linux: the answer leaves in one segment with the end of the connection, which comes next.
_LAST = int(socket.MSG_DONTWAIT | getattr(socket, "MSG_MORE", 0))

# Probes and metrics, which are always served, and pages: who may frame one depends on the session.
_PROBES = (b"GET /livez", b"HEAD /livez", b"GET /readyz", b"HEAD /readyz")
_LET_IN = (*_PROBES, b"GET /metrics", b"GET /client/")


class Gate:
    """Answers new connections in the server's stead, where it has too much to do."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._answer = CannedAnswer.of(face, Overloaded())

    def turns_away(self, connection: socket.SocketType, arriving: int) -> bool:
        """Answer a connection that is one too many beside those in flight and ``arriving``.

        One that has not sent anything yet is let in: its request will be judged when it
        comes. So is whoever asks after the server's health, or for a page.
        """
        if self._face.admission.admits(arriving=arriving):
            return False
        try:
            if connection.recv(LEAST_BYTES, _PEEK).startswith(_LET_IN):
                return False
            connection.send(self._answer.to(_read_all(connection)), _LAST)
        except BlockingIOError:
            return False
        except OSError:
            pass  # it is gone already
        self._face.admission.turned_away()
        return True


def _read_all(connection: socket.SocketType) -> bytes:
    """Read what has come; what is left unread when a connection is closed resets it."""
    request = last = connection.recv(READ_BYTES, _NOW)
    reads = 1
    while len(last) == READ_BYTES and reads < MOST_READS:
        try:
            last = connection.recv(READ_BYTES, _NOW)
        except BlockingIOError:
            break
        reads += 1
    return request
