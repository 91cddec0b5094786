"""More connections than there are descriptors: those that are let in are served all the same."""

import contextlib
import resource
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.kinds import Serve
from tests.support.framegate_server import KEYS, FramegateServer, bearer
from tests.support.http_call import call
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("transport")

MOST = 128


def limit(server: FramegateServer) -> None:
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (MOST, MOST))


def connect(server: FramegateServer, count: int) -> list[socket.socket]:
    parts = urlsplit(server.url)
    return [socket.create_connection((parts.hostname, parts.port)) for _ in range(count)]


def test_a_server_out_of_descriptors_hangs_up_on_the_latest_and_serves_again_soon(
    serve: Serve,
) -> None:
    with serve() as server, contextlib.ExitStack() as lines:
        assert create(server) == 200
        limit(server)
        idle = [lines.enter_context(line) for line in connect(server, 2 * MOST)]
        for line in idle:
            line.send(b"GET /livez HTTP/1.1\r\nHost: a\r\n")  # all but the end of the head
        until("some have been hung up on", lambda: any(map(is_closed, idle)))
        for line in idle:
            line.close()
        until("it serves again", lambda: create(server) == 200)
        assert "Too many open files" not in server.log
        assert len(server.log) < 20_000


def test_a_server_takes_all_the_descriptors_that_it_may(serve: Serve) -> None:
    with serve() as server:
        limits = Path(f"/proc/{server.process.pid}/limits").read_text()
        line = next(line for line in limits.splitlines() if line.startswith("Max open files"))
        soft, hard = line.split()[3:5]
        assert soft == hard


def create(server: FramegateServer) -> int:
    try:
        path = f"{server.url}/auth/create-session"
        return call("POST", path, headers=bearer(KEYS.portal)).status
    except ConnectionError:
        return 0


def is_closed(line: socket.socket) -> bool:
    line.settimeout(0)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
