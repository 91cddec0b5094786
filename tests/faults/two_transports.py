"""The same bytes to either transport, in this process, and what an application sees of them."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from attrs import Factory, define, frozen
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream
from tornado.web import Application

from adapters.memory.sessions import MemorySessions
from entrypoints.http.hot_routes import HotRoutes
from entrypoints.http.server import GuardedServer, HttpLimits, make_server
from entrypoints.http.tornado_server import TornadoServer
from entrypoints.http.transport.server import FastServer
from tests.faults.raw_http import replies_in
from tests.http.fakes import assemble
from tests.support.worlds import SteppedClock

LONG = 3600.0
QUIET_TURNS = 12
"""So many turns of the event loop without anything to be seen, and nothing more happens."""
BYTES_OF_A_TURN = 1_024
"""Of chunks of one byte, Tornado reads 256 in a turn (1,536 bytes), and shows none until it has
read them all: so much that was sent may take one turn more in which there is nothing to be seen.
"""


@define
class Seen:
    """A request, as far as the application has seen it."""

    method: str
    path: str
    version: str
    headers: list[tuple[str, str]]
    joined: dict[str, str]
    body: bytes = b""
    whole: bool = False


@frozen
class Outcome:
    """What became of some bytes: the requests that came out of them, the statuses of the
    answers, and whether the server has closed the connection."""

    requests: tuple[Seen, ...]
    statuses: tuple[int, ...]
    ended: bool

    @property
    def served(self) -> tuple[Seen, ...]:
        return tuple(request for request in self.requests if request.whole)

    @property
    def is_refused(self) -> bool:
        """Whether the last answer is a refusal in words."""
        return self.ended and bool(self.statuses) and self.statuses[-1] >= 400

    def agrees_with(self, other: "Outcome") -> bool:
        """What was begun when the connection ended is nobody's any more."""
        mine, others = ((o.served if o.ended else o.requests, o.ended) for o in (self, other))
        return mine == others

    def is_stricter_than(self, other: "Outcome") -> bool:
        return self.is_refused and self.served == other.served[: len(self.served)]


@define
class RecordingApplication(Application):
    """Answers every whole request with 200."""

    seen: list[Seen] = Factory(list)

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        del server_conn
        return _Recorder(self.seen, request_conn)


@define
class _Recorder(HTTPMessageDelegate):
    seen: list[Seen]
    connection: HTTPConnection
    request: Seen | None = None

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        assert isinstance(start_line, RequestStartLine)
        fields = list(headers.get_all())
        self.request = Seen(*start_line, fields, dict(headers))
        # Tornado's own delegates make one, which judges the head as well.
        HTTPServerRequest(connection=self.connection, start_line=start_line, headers=headers)
        self.seen.append(self.request)

    def data_received(self, chunk: bytes) -> None:
        assert self.request
        self.request.body += chunk

    def finish(self) -> None:
        assert self.request
        self.request.whole = True
        self.connection.write_headers(
            ResponseStartLine("", 200, "OK"), HTTPHeaders({"Content-Length": "0"})
        )
        self.connection.finish()

    def on_connection_close(self) -> None:
        """Nothing is kept for a request that breaks off."""


@define
class Side:
    """One transport, with the recording application on it."""

    server: GuardedServer
    application: RecordingApplication

    @classmethod
    async def of(cls, transport: str, folder: Path) -> "Side":
        face = assemble(folder, MemorySessions(SteppedClock())).face
        application = RecordingApplication()
        none = HotRoutes(face, {})
        Application.__init__(application, face=face, hot_routes=none, log_function=lambda _: None)
        limits = HttpLimits(keep_alive=LONG, first_request=LONG, body=LONG)
        server = make_server(application, limits, transport)
        return cls(server, application)

    async def outcome_of(self, parts: Sequence[bytes]) -> Outcome:
        """Send the parts one after the other, each when the one before has been digested."""
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(0)
            theirs.settimeout(0)
            self.application.seen = []
            self._take(theirs)
            heard, ended = b"", False
            for part in parts:
                more, ended = await self._exchange(ours, part)
                heard += more
        statuses = [reply.status for reply in replies_in(heard) if reply.status >= 200]
        return Outcome(tuple(self.application.seen), tuple(statuses), ended)

    async def close(self) -> None:
        await self.server.close_all_connections()

    def _take(self, line: socket.socket) -> None:
        if isinstance(self.server, TornadoServer):
            self.server.handle_stream(IOStream(line), ("", 0))
        elif isinstance(self.server, FastServer):
            self.server.take(line)

    async def _exchange(self, line: socket.socket, part: bytes) -> tuple[bytes, bool]:
        """Send, and hear until nothing happens any more; tell whether the server has closed."""
        heard, quiet, before = b"", 0, (0, 0, 0)
        enough = QUIET_TURNS + len(part) // BYTES_OF_A_TURN
        while quiet < enough:
            with suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
                part = part[line.send(part) :]
            await asyncio.sleep(0)
            try:
                data = line.recv(65536)
            except BlockingIOError:
                data = b""
            except ConnectionResetError:
                return heard, True
            else:
                if not data:
                    return heard, True
            heard += data
            seen = sum(1 + len(each.body) for each in self.application.seen)
            now = (len(part), len(heard), seen)
            quiet = quiet + 1 if now == before else 0
            before = now
        return heard, False
