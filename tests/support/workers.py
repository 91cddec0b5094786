"""The workers of a server, and a connection to each of them."""

import http.client
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from attrs import frozen

from tests.support.framegate_server import FramegateServer
from tests.support.http_call import Answer

AT_ONCE = 16


@frozen
class WorkerLine:
    """A connection that is kept alive, and so stays with the worker that has accepted it."""

    connection: http.client.HTTPConnection

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> Answer:
        self.connection.request(method, path, headers=headers or {})
        response = self.connection.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        assert answer.headers.get("Connection") != "close"
        return answer


def workers_of(server: FramegateServer) -> list[int]:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


@contextmanager
def lines_to_all(server: FramegateServer, count: int) -> Iterator[list[WorkerLine]]:
    """Connect again and again until each of so many workers has accepted one.

    Several come at once, or the same worker would accept them all.
    """
    lines: dict[int, WorkerLine] = {}
    with ExitStack() as stack:
        while len(lines) < count:
            several = [connect(server) for _ in range(AT_ONCE)]
            for line in several:
                stack.enter_context(closing(line.connection))
            for line in several:
                assert line.ask("GET", "/livez").status == 200
                lines.setdefault(_worker_at(server, line), line)
        yield list(lines.values())


def connect(server: FramegateServer) -> WorkerLine:
    """Connect to whichever worker accepts it."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.connect()
    return WorkerLine(connection)


def _worker_at(server: FramegateServer, line: WorkerLine) -> int:
    """Tell which worker holds the other end of a connection."""
    _, here = line.connection.sock.getsockname()
    _, there = line.connection.sock.getpeername()
    inode = _inode(there, here)
    for pid in workers_of(server):
        for held in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                if str(held.readlink()) == f"socket:[{inode}]":
                    return pid
    message = "no worker holds the connection"
    raise AssertionError(message)


def _inode(local_port: int, remote_port: int) -> str:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        ports = [int(address.rpartition(":")[2], 16) for address in fields[1:3]]
        if ports == [local_port, remote_port]:
            return fields[9]
    message = "the connection is not known"
    raise AssertionError(message)
