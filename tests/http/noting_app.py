"""An application that notes what it is told, for tests of what carries it."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from attrs import define, field
from tornado.httputil import HTTPHeaders, HTTPOutputError, ResponseStartLine
from tornado.iostream import StreamClosedError
from tornado.web import Application, RequestHandler, stream_request_body

from adapters.memory.sessions import MemorySessions
from entrypoints.http.hot_routes import HotRoutes
from tests.http.fakes import assemble
from tests.support.worlds import SteppedClock

PIECE = b"x" * 64 * 1024
PIECES = 400
"""More than any buffer between a server and a client holds."""


@define
class Notes:
    """What the handlers of a test take down, and what they wait for."""

    may_go_on: asyncio.Event = field(factory=asyncio.Event)
    told: list[str] = field(factory=list)
    pieces: int = 0
    received: int = 0
    error: BaseException | None = None


class Noting(RequestHandler):
    def initialize(self, notes: Notes) -> None:
        self.notes = notes

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.notes.told.append("closed")


class Plain(Noting):
    def get(self) -> None:
        self.write("plain")

    head = post = get


class Slow(Noting):
    async def get(self, name: str) -> None:
        self.notes.told.append(name)
        if name == "first":
            await self.notes.may_go_on.wait()
        self.write(name)
        await self.finish()


class Streaming(Noting):
    async def get(self) -> None:
        try:
            for _ in range(PIECES):
                self.write(PIECE)
                await self.flush()
                self.notes.pieces += 1
        except StreamClosedError as error:
            self.notes.error = error


@stream_request_body
class Taking(Noting):
    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        self.notes.received += len(chunk)
        return self._wait()

    async def _wait(self) -> None:
        await self.notes.may_go_on.wait()

    def post(self) -> None:
        self.write(str(self.notes.received))


class Wrong(Noting):
    """Uses its connection as no handler should."""

    def get(self, what: str) -> None:
        connection: Any = self.request.connection
        headers = HTTPHeaders({"Content-Length": "2"})
        if what == "line":
            headers["X-A"] = "a\r\nX-B: b"
        try:
            connection.write_headers(ResponseStartLine("", 200, "OK"), headers, b"a")
            if what == "more":
                connection.write(b"bc")
            connection.finish()
        except (ValueError, HTTPOutputError) as error:
            self.notes.error = error
            if what == "line":
                self.write("refused")
                return
        self._finished = True


def noting_app(folder: Path, notes: Notes) -> Application:
    given = {"notes": notes}
    face = assemble(folder, MemorySessions(SteppedClock())).face
    return Application(
        [
            ("/plain", Plain, given),
            ("/slow/(.*)", Slow, given),
            ("/stream", Streaming, given),
            ("/take", Taking, given),
            ("/wrong/(.*)", Wrong, given),
        ],
        face=face,
        hot_routes=HotRoutes(face, {}),
        log_function=lambda _: None,
    )
