"""Tornado's HTTP server with limits of our own, and how it stops."""

import asyncio
import socket
from collections.abc import Iterable
from typing import Any

from attrs import frozen
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPMessageDelegate
from tornado.iostream import IOStream
from tornado.web import Application

from entrypoints.http.door import Door
from entrypoints.http.drain import Drain
from entrypoints.http.face import Face
from entrypoints.http.gate import Gate
from entrypoints.http.hot_routes import HotRoutes
from entrypoints.http.request_size import MOST_BODY_BYTES
from entrypoints.http.watched_request import WatchedRequest

# The bytes that Tornado reads before it gives up on a request's head. More than the 8 KiB
# that a handler accepts, because at this limit Tornado closes the connection unanswered.
HEAD_BUFFER_BYTES = 32 * 1024
BODY_SECONDS = 5
FIRST_REQUEST_SECONDS = 10
FINISH_SECONDS = 9
"""How long a stopping server waits for what is in flight. With the drain of at most 5 s
before it, a worker is gone within 15 s."""


@frozen(kw_only=True)
class HttpLimits:
    """Seconds. ``keep_alive`` is the idle time between two requests of a connection."""

    keep_alive: float = 75
    first_request: float = FIRST_REQUEST_SECONDS
    body: float = BODY_SECONDS


class GuardedServer(HTTPServer):
    """Gives a new connection a shorter time for its first request than for later ones.

    Knows what is in flight, and has the gate, once there is one, turn away what is too much.
    """

    gate: Gate | None = None

    def initialize(
        self,
        request_callback: Any,
        *args: Any,
        first_request_seconds: float = FIRST_REQUEST_SECONDS,
        **kwargs: Any,
    ) -> None:
        super().initialize(request_callback, *args, **kwargs)
        self._face: Face = request_callback.settings["face"]
        self._hot: HotRoutes = request_callback.settings["hot_routes"]
        self._first_request_seconds = first_request_seconds
        self._unheard: dict[object, asyncio.TimerHandle] = {}
        self._arriving = 0

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        super().add_sockets([Door(listener, self._turns_away) for listener in sockets])

    def handle_stream(self, stream: IOStream, address: tuple[str, int]) -> None:
        self._unheard[stream] = asyncio.get_running_loop().call_later(
            self._first_request_seconds, self._give_up, stream
        )
        super().handle_stream(stream, address)

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        delegate = super().start_request(server_conn, request_conn)
        timer = self._unheard.pop(getattr(server_conn, "stream", None), None)
        return WatchedRequest(delegate, request_conn, self._face, self._hot, timer)

    def _turns_away(self, connection: socket.socket) -> bool:
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

    def _give_up(self, stream: IOStream) -> None:
        self._unheard.pop(stream, None)
        stream.close()


def make_server(application: Application, limits: HttpLimits) -> GuardedServer:
    """Make the server, with every limit that Tornado knows set to ours."""
    return GuardedServer(
        application,
        max_header_size=HEAD_BUFFER_BYTES,
        max_body_size=MOST_BODY_BYTES,
        body_timeout=limits.body,
        idle_connection_timeout=limits.keep_alive,
        first_request_seconds=limits.first_request,
    )


async def stop_gracefully(server: GuardedServer, drain: Drain, drain_seconds: float) -> None:
    """Stop: readiness off first, then no new connections, then let what runs finish.

    ``drain_seconds`` is the time that a load balancer has to see that the server is no
    longer ready; it is served all the while.
    """
    drain.started = True
    # Connections share these: whoever asks from now on is told to come back on another.
    server.conn_params.no_keep_alive = True
    await asyncio.sleep(drain_seconds)
    server.stop()
    await drain.finish(FINISH_SECONDS)
    await server.close_all_connections()
