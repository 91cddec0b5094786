"""A request on its way to the application: what is known of it before a handler is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

from attrs import define
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)

from entrypoints.http.face import Face
from entrypoints.http.hot_routes import HotRoutes


@define(eq=False)
class WatchedRequest(HTTPMessageDelegate):
    """Passes a request on.

    When its head has arrived it is in flight, and no longer unheard, and it is known which way
    it goes; when all of it has, it is work.
    """

    _server_connection: object
    _connection: HTTPConnection
    _face: Face
    _hot: HotRoutes
    _ordinary: Callable[[object, HTTPConnection], HTTPMessageDelegate]
    _timer: asyncio.TimerHandle | None = None
    _delegate: HTTPMessageDelegate | None = None

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        if self._timer is not None:
            self._timer.cancel()
        self._face.drain.begin(self._connection)
        try:
            asked = cast("RequestStartLine", start_line)
            if not asked.path.startswith("/"):
                asked = _in_origin_form(asked)
            self._delegate = self._hot.take(asked, headers, self._connection)
            if self._delegate is not None:
                return None
            if not _has_body(headers):  # its handler begins at once
                self._face.admission.begin(self._connection)
            self._delegate = self._ordinary(self._server_connection, self._connection)
            return self._delegate.headers_received(asked, headers)
        except BaseException:
            self._face.admission.end(self._connection)
            self._face.drain.end(self._connection)
            raise

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._delegate.data_received(chunk) if self._delegate else None

    def finish(self) -> None:
        # Unless it has been answered already, body or no body.
        if self._face.drain.has(self._connection):
            self._face.admission.begin(self._connection)
        if self._delegate:
            self._delegate.finish()

    def on_connection_close(self) -> None:
        if self._delegate:
            self._delegate.on_connection_close()


def _has_body(headers: HTTPHeaders) -> bool:
    sized = "Content-Length" in headers and headers["Content-Length"] != "0"
    return sized or "Transfer-Encoding" in headers


def _in_origin_form(asked: RequestStartLine) -> RequestStartLine:
    """Take scheme and host off a target in absolute form.

    RFC 9112 section 3.2.2: a server must accept it. Whose name it bears does not matter here.
    """
    path = asked.path
    if not path.lower().startswith(("http://", "https://")):
        return asked
    rest = path.partition("://")[2]
    end = min((rest.find(mark) for mark in "/?" if mark in rest), default=len(rest))
    path = rest[end:]
    return asked._replace(path=path if path.startswith("/") else f"/{path}")
