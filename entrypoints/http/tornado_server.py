"""Tornado's HTTP server with limits of our own."""

import asyncio
import socket
from collections.abc import Iterable
from ssl import SSLContext
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPMessageDelegate
from tornado.iostream import IOStream
from tornado.web import Application

from entrypoints.http.door import Door
from entrypoints.http.face import Face
from entrypoints.http.guarded_server import GuardedServer
from entrypoints.http.hot_routes import HotRoutes
from entrypoints.http.limits import FIRST_REQUEST_SECONDS, HEAD_BUFFER_BYTES, HttpLimits
from entrypoints.http.request_size import MOST_BODY_BYTES
from entrypoints.http.watched_request import WatchedRequest


class TornadoServer(HTTPServer, GuardedServer):
    """Gives a new connection a shorter time for its first request than for later ones."""

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

    @classmethod
    def of(
        cls, application: Application, limits: HttpLimits, tls: SSLContext | None
    ) -> "TornadoServer":
        """Make the server, with every limit that Tornado knows set to ours."""
        return cls(
            application,
            ssl_options=tls,
            max_header_size=HEAD_BUFFER_BYTES,
            max_body_size=MOST_BODY_BYTES,
            body_timeout=limits.body,
            idle_connection_timeout=limits.keep_alive,
            first_request_seconds=limits.first_request,
        )

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        super().add_sockets([Door(listener, self.turns_away) for listener in sockets])

    def end_keep_alive(self) -> None:
        self.conn_params.no_keep_alive = True  # connections share these

    def handle_stream(self, stream: IOStream, address: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        if not self.arriving:
            loop.call_soon(self._arrived)  # by then it has been looked whether they ask
        self.arriving += 1
        self._unheard[stream] = loop.call_later(self._first_request_seconds, self._give_up, stream)
        super().handle_stream(stream, address)

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        timer = self._unheard.pop(getattr(server_conn, "stream", None), None)
        ordinary = super().start_request
        return WatchedRequest(server_conn, request_conn, self._face, self._hot, ordinary, timer)

    def _arrived(self) -> None:
        self.arriving = 0

    def _give_up(self, stream: IOStream) -> None:
        self._unheard.pop(stream, None)
        stream.close()
