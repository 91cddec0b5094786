"""The side of a connection that is written to, and whether its reader keeps up."""

import asyncio
from typing import cast

from entrypoints.http.transport.peer import Peer


class Outlet(asyncio.Protocol):
    """Writes at once, and tells by a future when all has left, as Tornado's streams do."""

    _transport: asyncio.Transport

    def __init__(self, loop: asyncio.AbstractEventLoop, peer: Peer) -> None:
        self.peer = peer
        self._loop = loop
        self._keeps_up = True
        self._unsent: list[asyncio.Future[None]] = []
        self._sent: asyncio.Future[None] = loop.create_future()
        self._sent.set_result(None)
        self._can_end = peer.protocol == "http"
        """Whether our half of the connection can be closed alone: not where it encrypts."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # With these limits a transport says at once when something could not be sent, and
        # again when all has been. Where it encrypts, 0 would mean that nothing ever has.
        self._transport.set_write_buffer_limits(high=0 if self._can_end else 1, low=0)

    def pause_writing(self) -> None:
        self._keeps_up = False

    def resume_writing(self) -> None:
        self._keeps_up = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._wake()

    def write(self, data: bytes) -> "asyncio.Future[None]":
        """Send; what is returned is done when everything has left, or never will."""
        self._transport.write(data)
        if self._keeps_up:
            return self._sent
        future: asyncio.Future[None] = self._loop.create_future()
        self._unsent.append(future)
        return future

    def drop(self) -> None:
        """Close the connection; what has not left is lost."""
        self._transport.abort()

    def leave(self) -> None:
        """Close the connection, unless its reader is slow without a loss."""
        if self._keeps_up:
            self._transport.close()
        else:
            self._transport.abort()

    def _wake(self) -> None:
        unsent, self._unsent = self._unsent, []
        for future in unsent:
            if not future.done():
                future.set_result(None)
