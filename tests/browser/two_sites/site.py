"""Every site of these tests but framegate: one server with many names."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import count

import trustme
from attrs import frozen

from tests.support.quiet_server import QuietServer

PARENT = "parent.test"
FRAME = "frame.test"
OTHER = "other.test"
NAMES = (PARENT, FRAME, OTHER)


@frozen
class Reply:
    """What the server says; ``headers`` may name one twice."""

    body: str
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200


Answering = Callable[[Mapping[str, str]], Reply]


class Site:
    """Serves what tests put there; each of ``NAMES`` leads to it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = count(1)
        self.answers: dict[str, Answering] = {}

    def origin(self, name: str = PARENT) -> str:
        return f"https://{name}:{self._port}"

    def put(self, answer: Answering, name: str = PARENT) -> str:
        """Serve an answer to the headers of each request, and return its address."""
        path = f"/{next(self._numbers)}"
        self.answers[path] = answer
        return self.origin(name) + path

    def page(self, body: str, name: str = PARENT) -> str:
        """Serve a page, and return its address."""
        html = f'<!DOCTYPE html><html lang="pt"><meta charset="utf-8"><title>Parent</title>{body}'
        return self.put(lambda _: Reply(html), name)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        answer = self.server.site.answers.get(self.path)
        reply = answer(dict(self.headers)) if answer else Reply("not here", status=404)
        content = reply.body.encode()
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:  # what is posted here has no body
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(QuietServer):
    site: Site


@contextmanager
def running_site(authority: trustme.CA) -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*NAMES).configure_cert(context)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        # Each connection's own thread shakes hands: browsers open some and say nothing.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        server.site = Site(server.server_port)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.site
        server.shutdown()
        thread.join()
