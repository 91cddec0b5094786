"""A request on its way to the application: what is known of it before a handler is."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, cast

from attrs import define
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)

if TYPE_CHECKING:
    from entrypoints.http.guarded_server import GuardedServer


@define(eq=False)
class WatchedRequest(HTTPMessageDelegate):
    """Passes a request on.

    When its head has arrived it is in flight, and no longer unheard, and it is known which way
    it goes; when all of it has, it is work.
    """

    _server: "GuardedServer"
    _server_connection: object
    _connection: HTTPConnection
    _delegate: HTTPMessageDelegate | None = None

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        server, connection = self._server, self._connection
        server.heard(self._server_connection)
        server.face.drain.begin(connection)
        try:
            asked = cast("RequestStartLine", start_line)
            if not asked.path.startswith("/"):
                asked = _in_origin_form(asked)
            self._delegate = server.hot.take(asked, headers, connection)
            if self._delegate is not None:
                return None
            if not _has_body(headers):  # its handler begins at once
                server.face.admission.begin(connection)
            self._delegate = server.start_ordinary(self._server_connection, connection)
            return self._delegate.headers_received(asked, headers)
        except BaseException:
            server.face.admission.end(connection)
            server.face.drain.end(connection)
            raise

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._delegate.data_received(chunk) if self._delegate else None

    def finish(self) -> None:
        face = self._server.face
        # Unless it has been answered already, body or no body.
        if face.drain.has(self._connection):
            face.admission.begin(self._connection)
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
