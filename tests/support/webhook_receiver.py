"""A receiver of webhooks that is not ours: it verifies by the library of Standard Webhooks."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import standardwebhooks
from attrs import Factory, define


@define
class Receiver:
    """Keeps what was posted, with its headers."""

    url: str
    secret: str = f"whsec_{base64.b64encode(b'a secret of both sides, 32 bytes').decode()}"
    posts: list[tuple[bytes, dict[str, str]]] = Factory(list)

    def verified(self) -> list[Any]:
        """Return what all posts say. Raises where a signature does not hold."""
        verifier = standardwebhooks.Webhook(self.secret)
        return [verifier.verify(body, headers) for body, headers in self.posts]


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posts.append((body, {k.lower(): v for k, v in self.headers.items()}))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/secret-path")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
