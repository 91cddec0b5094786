"""A contestant made of nothing, whose manners a test spoils."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlsplit

import attrs

from tests.support.framegate_server import KEYS


@attrs.define
class Manners:
    lets_anybody_create: bool = False
    redeems_for_ever: bool = False
    refuses_from: int | None = None
    lag: float = 0.0

    active: set[str] = attrs.field(factory=set)
    numbers: Iterator[int] = attrs.field(factory=count)
    answered: Iterator[int] = attrs.field(factory=count)
    lagging: threading.Event = attrs.field(factory=threading.Event)


def _handler(manners: Manners) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            key = self.headers.get("Authorization", "")
            if key != f"Bearer {KEYS.portal}" and not manners.lets_anybody_create:
                self.answer(401, {})
                return
            session_id = f"id-{next(manners.numbers)}"
            manners.active.add(session_id)
            self.answer(200, {"session_id": session_id, "iframe_url": "/"})

        def do_GET(self) -> None:
            session_id = parse_qs(urlsplit(self.path).query)["session_id"][0]
            if session_id not in manners.active:
                self.answer(401, {})
                return
            if not manners.redeems_for_ever:
                manners.active.discard(session_id)
            self.answer(200, {"valid": True, "session_id": session_id})

        def answer(self, status: int, fields: dict[str, object]) -> None:
            if manners.lag:
                manners.lagging.wait(manners.lag)
            if manners.refuses_from is not None and next(manners.answered) >= manners.refuses_from:
                status = 503
            body = json.dumps(fields).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    request_queue_size = 64


@contextmanager
def pretended_peer(manners: Manners) -> Iterator[str]:
    """Serve as told; yield the address."""
    with _Server(("127.0.0.1", 0), _handler(manners)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
