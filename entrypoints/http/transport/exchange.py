"""One request and its answer: the side of a connection that the application writes to."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPOutputError,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import StreamClosedError

from entrypoints.http.head import status_line
from entrypoints.http.known_headers import KnownHeaders
from entrypoints.http.transport.head import Head
from entrypoints.http.transport.peer import Peer
from entrypoints.http.whole_answer import CLOSE, whole

if TYPE_CHECKING:
    from entrypoints.http.transport.connection import Connection

_BODILESS = frozenset({*range(100, 200), HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class Exchange(HTTPConnection):
    """What Tornado calls a connection: it ends with the answer.

    Has what ``tornado.web`` uses of Tornado's own, but for ``detach``: there are no
    WebSockets here.
    """

    body_seconds: float | None = None
    began = False
    """Whether the head of the answer has been written."""
    finished = False
    """Whether all of it has."""
    over = False
    """Whether nothing can be written any more."""

    request_was_taken = False
    """Whether the application has been told that there is no more of the request."""

    _chunked = False
    _left: int | None = None
    _on_close: Callable[[], None] | None = None

    def __init__(self, line: "Connection", head: Head, most_body_bytes: int) -> None:
        self.context: Peer = line.peer
        self.head = head
        self.most_body_bytes = most_body_bytes
        self.request_is_whole = not head.length
        self._line = line
        self._keep_alive = head.keep_alive

    def set_close_callback(self, callback: Callable[[], None] | None) -> None:
        """Have it called where the caller leaves before the answer has been written."""
        self._on_close = callback

    def set_max_body_size(self, size: int) -> None:
        """Allow a body of this size for this request."""
        self.most_body_bytes = size

    def set_body_timeout(self, seconds: float) -> None:
        """Allow this time for the body of this request."""
        self.body_seconds = seconds

    def write_headers(
        self,
        start_line: RequestStartLine | ResponseStartLine,
        headers: HTTPHeaders,
        chunk: bytes | None = None,
    ) -> "asyncio.Future[None]":
        if self.over:
            return _closed()
        _, told, reason = start_line  # of a response, though the type says either
        code = int(told)
        self._say_whether_it_stays(headers)
        self._choose_framing(code, headers)
        head = b"%b%b\r\n" % (status_line(code, reason), _encoded(headers))
        self.began = True
        return self._line.write(head + self._framed(chunk) if chunk else head)

    def write_whole(
        self, status: int, lines: bytes, body: bytes, *, closes: bool
    ) -> "asyncio.Future[None]":
        """Write a whole answer whose header lines have been written down already.

        ``lines`` are bytes, each with its end. What is about the connection or the length of
        the body is not among them.
        """
        if self.over:
            return _closed()
        before = after = b""
        if closes:
            self._keep_alive, before = False, CLOSE
        elif self._closes():
            after = CLOSE
        written = self._line.write(whole(status, lines, body, before=before, after=after))
        self.began = self.finished = True
        self._line.answered(self)
        return written

    def write(self, chunk: bytes) -> "asyncio.Future[None]":
        return _closed() if self.over else self._line.write(self._framed(chunk))

    def finish(self) -> None:
        if not self.over:
            if self._left:
                self.close()
                raise HTTPOutputError("less data than Content-Length")
            if self._chunked:
                self._line.write(b"0\r\n\r\n")
        self.finished = True
        self._line.answered(self)

    def close(self) -> None:
        """Hang up, whatever is still to be sent."""
        self._on_close = None
        self._line.drop()

    def tell_closed(self) -> None:
        """Tell the application that its caller has gone."""
        callback, self._on_close = self._on_close, None
        if callback is not None:
            callback()

    @property
    def keeps_connection(self) -> bool:
        """Whether the connection stays for another request."""
        return self._keep_alive and self.request_is_whole

    @property
    def awaits_go_ahead(self) -> bool:
        """Whether the caller waits for a word before he sends the body."""
        expects = self.head.headers.get("Expect", "").lower() == "100-continue"
        return expects and not self.began and self.head.start_line.version == "HTTP/1.1"

    @property
    def language_line(self) -> bytes:
        """The line of the request that says in what language to answer."""
        return b"\nAccept-Language: " + self.head.headers.get("Accept-Language", "").encode()

    def _closes(self) -> bool:
        # What has not been read by now is not going to be.
        if not self.request_is_whole or self._line.is_retired:
            self._keep_alive = False
        return not self._keep_alive

    def _say_whether_it_stays(self, headers: HTTPHeaders) -> None:
        if "Connection" in headers and headers["Connection"].lower() == "close":
            self._keep_alive = False  # RFC 9112 section 9.6: who says so must do so
        is_new = self.head.start_line.version == "HTTP/1.1"
        if self._closes():
            if is_new:
                headers["Connection"] = "close"
            elif "Connection" in headers:
                del headers["Connection"]
        elif not is_new:
            headers["Connection"] = "Keep-Alive"

    def _choose_framing(self, code: int, headers: HTTPHeaders) -> None:
        method, _, version = self.head.start_line
        if method == "HEAD" or code == HTTPStatus.NOT_MODIFIED:
            self._left = 0
        elif "Content-Length" in headers:
            self._left = int(headers["Content-Length"])
        elif version == "HTTP/1.1" and code not in _BODILESS:
            self._chunked = True
            headers["Transfer-Encoding"] = "chunked"

    def _framed(self, chunk: bytes) -> bytes:
        if self._left is not None:
            self._left -= len(chunk)
            if self._left < 0:
                self.close()
                raise HTTPOutputError("more data than Content-Length")
        if self._chunked and chunk:  # an empty one would be the last
            return b"%x\r\n%s\r\n" % (len(chunk), chunk)
        return chunk


def _encoded(headers: HTTPHeaders) -> bytes:
    known, more = b"", headers.get_all()
    if isinstance(headers, KnownHeaders):
        known, more = headers.encoded, headers.get_more()
    lines = [f"{name}: {value}\r\n" for name, value in more]
    text = "".join(lines)
    if not text.count("\r") == text.count("\n") == len(lines):
        raise ValueError("a header has a CR or LF in it")
    return known + text.encode("latin-1")


def _closed() -> "asyncio.Future[None]":
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.set_exception(StreamClosedError())
    future.exception()  # nobody has to look at it
    return future
