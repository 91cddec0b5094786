"""The server that accepts connections, and watches how long they take."""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from functools import partial

from tornado.httputil import HTTPConnection, HTTPMessageDelegate, HTTPServerConnectionDelegate
from tornado.web import Application

from entrypoints.http.beat import Beat
from entrypoints.http.door import MOST_IN_A_ROW, Door
from entrypoints.http.guarded_server import GuardedServer
from entrypoints.http.limits import HttpLimits
from entrypoints.http.request_size import MOST_BODY_BYTES
from entrypoints.http.transport.connection import Connection
from entrypoints.http.transport.head import HeadReader
from entrypoints.http.transport.peer import Peer
from entrypoints.http.transport.refusals import Refusals
from entrypoints.http.watched_request import WatchedRequest


class FastServer(GuardedServer, HTTPServerConnectionDelegate):
    """Serves a Tornado application without Tornado's own HTTP server."""

    def __init__(
        self, application: Application, limits: HttpLimits, tls: ssl.SSLContext | None = None
    ) -> None:
        self.limits = limits
        self.most_body_bytes = MOST_BODY_BYTES
        self.heads = HeadReader()
        self.take_application(application)
        self.refusals = Refusals(self.face)
        self.is_retired = False
        self._tls = tls
        self._doors: list[Door] = []
        self._opening: set[asyncio.Task[object]] = set()
        self._connections: set[Connection] = set()
        self._beat = Beat(limits, self._end_what_is_overdue)

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        for listener in sockets:
            door = Door(listener, self.turns_away)
            self._doors.append(door)
            asyncio.get_running_loop().add_reader(door.fileno(), self._accept, door)

    def end_keep_alive(self) -> None:
        self.is_retired = True

    def stop(self) -> None:
        for door in self._doors:
            asyncio.get_running_loop().remove_reader(door.fileno())
            self._accept(door)  # who stands at the door would be reset
            door.close()
        self._doors.clear()

    async def close_all_connections(self) -> None:
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        for connection in [each for each in self._connections if not each.is_busy]:
            connection.leave()
        await self.wait_for_the_busy()
        for connection in self._connections:
            connection.drop()
        self._beat.end()

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        return WatchedRequest(self, server_conn, request_conn)

    def heard(self, server_conn: object) -> None:
        """Do nothing: a connection knows what it waits for."""

    def on_open(self, connection: Connection) -> None:
        """Take note of a connection, and watch over its time-outs."""
        self._connections.add(connection)
        self.all_closed.clear()
        self._beat.begin()

    def on_close(self, server_conn: object) -> None:
        self._connections.discard(server_conn)
        if not self._connections:
            self.all_closed.set()

    def take(self, connection: socket.socket, address: object = None) -> None:
        """Serve on a connection that has been accepted."""
        loop = asyncio.get_running_loop()
        peer = Peer.at(address, encrypted=self._tls is not None)
        connected = loop.connect_accepted_socket(
            partial(Connection, self, loop, peer),
            connection,
            ssl=self._tls,
            ssl_handshake_timeout=self.limits.first_request if self._tls else None,
        )
        self.arriving += 1
        task = loop.create_task(connected)
        self._opening.add(task)
        task.add_done_callback(self._opened)

    def _accept(self, door: Door) -> None:
        for _ in range(MOST_IN_A_ROW):
            try:
                connection, address = door.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            self.take(connection, address)

    def _opened(self, task: "asyncio.Task[object]") -> None:
        self._opening.discard(task)
        self.arriving -= 1  # what he had sent before he was let in has been read by now
        if not task.cancelled():
            task.exception()  # he has left already, or does not speak TLS

    def _end_what_is_overdue(self, now: float) -> bool:
        for connection in [c for c in self._connections if c.deadline < now]:
            connection.drop()
        return bool(self._connections)
