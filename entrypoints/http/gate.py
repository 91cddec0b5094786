"""The gate: turns connections away at the door while the server has too much to do.

To read a request, build a handler and render an answer costs a good part of what serving it
costs; a server that does so for each one that it turns away has no time left to serve.
Here it is a handful of system calls, with an answer that was made when the server started.
"""

import asyncio
import re
import socket
from collections.abc import Mapping

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.web import Application

from entrypoints.http.admission import Overloaded
from entrypoints.http.base import BaseHandler
from entrypoints.http.face import Face
from entrypoints.texts import LANGUAGES, TAGS

LEAST_BYTES = 16
READ_BYTES = 8 * 1024
MOST_READS = 128

# Numbers, because to put the names of flags together takes time at each turn.
_NOW = int(socket.MSG_DONTWAIT)
_PEEK = int(socket.MSG_PEEK | socket.MSG_DONTWAIT)

# Probes, which are always served, and pages: who may frame one depends on the session.
_LET_IN = (b"GET /livez", b"HEAD /livez", b"GET /readyz", b"HEAD /readyz", b"GET /client/")
_LANGUAGE = re.compile(rb"[\r\n][Aa]ccept-[Ll]anguage:[^\r\n]*?\b(pt|en)\b")


class OverloadedHandler(BaseHandler):
    """Says that there is too much to do, as every handler says it."""

    def prepare(self) -> None:
        raise Overloaded


class Gate:
    """Answers new connections in the server's stead, where it has too much to do."""

    def __init__(self, face: Face, answers: Mapping[str, bytes]) -> None:
        self._face = face
        self._answers = answers

    @classmethod
    async def open(cls, application: Application, face: Face) -> "Gate":
        """Make the answers ready, one in each language."""
        languages = LANGUAGES.values()
        return cls(face, {each: await _recorded(application, face, each) for each in languages})

    def turns_away(self, connection: socket.socket, arriving: int) -> bool:
        """Answer a connection that is one too many beside those in flight and ``arriving``.

        One that has not sent anything yet is let in: its request will be judged when it
        comes. So is whoever asks after the server's health, or for a page.
        """
        if self._face.admission.admits(arriving=arriving):
            return False
        try:
            if connection.recv(LEAST_BYTES, _PEEK).startswith(_LET_IN):
                return False
            connection.send(self._answer_to(_read_all(connection)), _NOW)
        except BlockingIOError:
            return False
        except OSError:
            pass  # it is gone already
        self._face.admission.turned_away()
        return True

    def _answer_to(self, request: bytes) -> bytes:
        found = _LANGUAGE.search(request)
        language = found[1].decode().lower() if found else LANGUAGES[self._face.locale]
        return self._answers[language]


def _read_all(connection: socket.socket) -> bytes:
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


async def _recorded(application: Application, face: Face, language: str) -> bytes:
    recorder = _Recorder()
    request = HTTPServerRequest(
        headers=HTTPHeaders({"Host": "localhost", "Accept-Language": TAGS[language]}),
        connection=recorder,
        start_line=RequestStartLine("GET", "/", "HTTP/1.1"),
    )
    delegate = application.get_handler_delegate(request, OverloadedHandler, {"face": face})
    delegate.headers_received(RequestStartLine("GET", "/", "HTTP/1.1"), request.headers)
    delegate.finish()
    return await recorder.answer


class _Recorder(HTTPConnection):
    """Keeps the bytes of an answer instead of sending them."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._parts: list[bytes] = []

    def write_headers(
        self,
        start_line: RequestStartLine | ResponseStartLine,
        headers: HTTPHeaders,
        chunk: bytes | None = None,
    ) -> "asyncio.Future[None]":
        _, code, reason = start_line  # of a response, though the type says either
        lines = [f"HTTP/1.1 {code} {reason}"]
        # No Date: it would be that of the start. RFC 9110 section 6.6.1 asks for none in 5xx.
        lines += [f"{name}: {value}" for name, value in headers.get_all() if name != "Date"]
        self._parts += ["\r\n".join([*lines, "", ""]).encode(), chunk or b""]
        return _done()

    def write(self, chunk: bytes) -> "asyncio.Future[None]":
        self._parts.append(chunk)
        return _done()

    def finish(self) -> None:
        self.answer.set_result(b"".join(self._parts))

    def set_close_callback(self, callback: object) -> None:
        """Do nothing: this connection is never closed."""

    def set_max_body_size(self, _: int) -> None:
        """Do nothing: this connection has no body."""


def _done() -> "asyncio.Future[None]":
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.set_result(None)
    return future
