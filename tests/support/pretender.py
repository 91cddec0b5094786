"""A server that speaks just enough of Redis's protocol to pass for one that is not at hand."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import hiredis


def _handler(info: Mapping[str, object]) -> type[socketserver.BaseRequestHandler]:
    text = "".join(f"{name}:{value}\r\n" for name, value in info.items()).encode()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            reader = hiredis.Reader()
            while data := self.request.recv(65536):
                reader.feed(data)
                while (command := reader.gets()) is not False:
                    self.request.sendall(self._answer(command))

        def _answer(self, command: Any) -> bytes:
            if command[0].upper() == b"INFO":
                return b"$%d\r\n%s\r\n" % (len(text), text)
            return b"-ERR unknown command\r\n"

    return Handler


@contextmanager
def pretended_redis(info: Mapping[str, object]) -> Iterator[int]:
    """Answer INFO with ``info``, and everything else with an error; yield the port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(info)) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
