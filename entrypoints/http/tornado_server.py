"""Tornado's HTTP server with limits of our own."""

import asyncio
import socket
from collections.abc import Iterable
from ssl import SSLContext
from time import monotonic
from typing import Any, cast

from tornado.http1connection import HTTP1ServerConnection
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPMessageDelegate
from tornado.iostream import IOStream
from tornado.web import Application

from entrypoints.http.beat import Beat
from entrypoints.http.door import Door
from entrypoints.http.guarded_server import GuardedServer
from entrypoints.http.limits import HEAD_BUFFER_BYTES, HttpLimits
from entrypoints.http.request_size import MOST_BODY_BYTES
from entrypoints.http.watched_request import WatchedRequest

READ_BYTES = HEAD_BUFFER_BYTES
"""Tornado makes a buffer of this size, all zeros, whenever it reads; its own 64 KiB take time.
Less than a request may have would be reset where its answer comes before all of it is read."""


class TornadoServer(HTTPServer, GuardedServer):
    """Tornado's server, without what costs much and gives nothing here.

    A new connection has a shorter time for its first request than for later ones.
    """

    def initialize(
        self, request_callback: Any, *args: Any, limits: HttpLimits | None = None, **kwargs: Any
    ) -> None:
        super().initialize(request_callback, *args, **kwargs)
        self.take_application(request_callback)
        self._limits = limits or HttpLimits()
        # Tornado's way is a timer and two futures a request. Here one look a second does it.
        self.conn_params.header_timeout = None
        self._unheard: dict[IOStream, float] = {}
        self._beat = Beat(self._limits, self._end_what_is_overdue)

    @classmethod
    def of(
        cls, application: Application, limits: HttpLimits, tls: SSLContext | None
    ) -> "TornadoServer":
        """Make the server, with every limit that Tornado knows set to ours."""
        return cls(
            application,
            ssl_options=tls,
            chunk_size=READ_BYTES,
            max_header_size=HEAD_BUFFER_BYTES,
            max_body_size=MOST_BODY_BYTES,
            body_timeout=limits.body,
            limits=limits,
        )

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        super().add_sockets([Door(listener, self.turns_away) for listener in sockets])

    def end_keep_alive(self) -> None:
        self.conn_params.no_keep_alive = True  # connections share these

    async def close_all_connections(self) -> None:
        for stream in list(self._unheard):
            stream.close()
        await self.wait_for_the_busy()
        await super().close_all_connections()
        self._beat.end()

    def handle_stream(self, stream: IOStream, address: tuple[str, int]) -> None:
        if not self.arriving:
            # By then it has been looked whether they ask.
            asyncio.get_running_loop().call_soon(self._arrived)
        self.arriving += 1
        _send_at_once(stream)
        self._unheard[stream] = monotonic() + self._limits.first_request
        self.all_closed.clear()
        self._beat.begin()
        super().handle_stream(stream, address)

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        # Tornado calls this when a connection begins to wait for a request.
        self._unheard.setdefault(_stream_of(server_conn), monotonic() + self._limits.keep_alive)
        return WatchedRequest(self, server_conn, request_conn)

    def heard(self, server_conn: object) -> None:
        self._unheard.pop(_stream_of(server_conn), None)

    def on_close(self, server_conn: object) -> None:
        self._unheard.pop(_stream_of(server_conn), None)
        super().on_close(server_conn)
        if not self._connections:
            self.all_closed.set()

    def _arrived(self) -> None:
        self.arriving = 0

    def _end_what_is_overdue(self, now: float) -> bool:
        for stream in [each for each, deadline in self._unheard.items() if deadline < now]:
            stream.close()
        return bool(self._connections)


def _stream_of(server_conn: object) -> IOStream:
    return cast(HTTP1ServerConnection, server_conn).stream


def _send_at_once(stream: IOStream) -> None:
    """Turn Nagle's algorithm off for good.

    An answer is one write, with nothing to wait for, and Tornado would turn it off and on again
    for each.
    """
    stream.set_nodelay(True)
    stream.set_nodelay = lambda value: None  # type: ignore[method-assign] # noqa: ARG005 it is
