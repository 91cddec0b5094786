"""What is asked of a server, whichever transport it runs on, and its guard at the door."""

import asyncio
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import suppress

from tornado.httputil import HTTPConnection, HTTPMessageDelegate
from tornado.web import Application

from entrypoints.http.face import Face
from entrypoints.http.gate import Gate
from entrypoints.http.hot_routes import HotRoutes

LAST_MOMENT_SECONDS = 1.0


class GuardedServer(ABC):
    """Has the gate, once there is one, turn away what is too much."""

    face: Face
    hot: HotRoutes
    start_ordinary: Callable[[object, HTTPConnection], HTTPMessageDelegate]
    """What has a request served in Tornado's way."""
    all_closed: asyncio.Event
    """Set as long as there is no connection."""

    gate: Gate | None = None
    arriving = 0
    """How many have been let in whose requests may be there, though nobody has read them."""

    def take_application(self, application: Application) -> None:
        """Serve this application."""
        self.face = application.settings["face"]
        self.hot = application.settings["hot_routes"]
        self.start_ordinary = application.start_request
        self.all_closed = asyncio.Event()
        self.all_closed.set()

    async def wait_for_the_busy(self) -> None:
        """Give connections that are not idle after all a moment: they close when answered."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_MOMENT_SECONDS):
                await self.all_closed.wait()

    @abstractmethod
    def heard(self, server_conn: object) -> None:
        """Take note that a connection has sent the head of a request."""

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
