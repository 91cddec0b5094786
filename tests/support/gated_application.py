"""An application behind a gate: it tells what it was asked, and by whom it takes that to be."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from attrs import define, field

from tests.support.quiet_server import QuietServer

WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
OWN_POLICY = "img-src 'self'"


@define
class Application:
    """It runs at ``port``; ``asked`` has the paths of all requests that have reached it."""

    port: int
    asked: list[str] = field(factory=list)


@contextmanager
def running_application() -> Iterator[Application]:
    with QuietServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        application = Application(server.server_port)
        server.application = application  # type: ignore[attr-defined] # the handler's way to it
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield application
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.application.asked.append(self.path)  # type: ignore[attr-defined] # as above
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self._echo()
            return
        body = self._body()
        told = {
            "path": self.path,
            "method": self.command,
            "body": hashlib.sha256(body).hexdigest(),
            "cookies": self.headers.get_all("Cookie", []),
            "credentials": self.headers.get_all("Authorization", []),
            "claims": [line for line in self.headers.items() if "framegate" in line[0].lower()],
        }
        status = 401 if self.path == "/login" else 200
        self._answer(status, json.dumps(told).encode())

    do_POST = do_HEAD = do_GET  # noqa: N815 the standard library's names

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Security-Policy", OWN_POLICY)
        self.send_header("Set-Cookie", "own=1")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _echo(self) -> None:
        """Agree to a WebSocket, and send back whatever bytes come first."""
        key = self.headers["Sec-WebSocket-Key"].encode()
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = base64.b64encode(
            hashlib.sha1(key + WEBSOCKET_GUID, usedforsecurity=False).digest()
        )
        self.send_header("Sec-WebSocket-Accept", accept.decode())
        self.end_headers()
        self.wfile.write(self.connection.recv(1024))
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""
