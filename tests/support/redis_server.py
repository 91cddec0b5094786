"""A real redis-server that a test starts, stops, kills and starts again."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from adapters.redis.address import RedisAddress
from tests.support.waiting import LONGEST_SECONDS

ANSWER_SECONDS = 30.0
"""Longer than a busy machine makes a server stand still."""


def free_port() -> int:
    """Find a port that nobody listens on, nor is given by another process of the same run.

    Below those that the kernel gives to who connects (from 32768 on), each process has its own.
    """
    return next(port for port in _PORTS if can_listen(port))


def _ports() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 3
    # Ten thousand above is where nodes of a Cluster hear of each other.
    mine = range(11_000 + 3000 * worker, 14_000 + 3000 * worker)
    begin = os.getpid() % len(mine)
    return cycle([*mine[begin:], *mine[:begin]])


_PORTS = _ports()


def can_listen(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class RedisServer:
    """One server in one folder; the port and the folder outlive a restart."""

    def __init__(self, folder: Path, *options: str, port: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port or free_port()
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def address(self) -> RedisAddress:
        return RedisAddress(host="127.0.0.1", port=self.port)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def client(self, username: str | None = None, password: str | None = None) -> "redis.Redis":
        return redis.Redis(
            port=self.port,
            username=username,
            password=password,
            socket_timeout=ANSWER_SECONDS,
            # redis-py would try for seconds to reach a server that is dead on purpose.
            retry=Retry(NoBackoff(), 0),
        )

    def start(self, *options: str) -> None:
        """Start it; ``options`` hold for this time only."""
        with (self.folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen([*self._command(), *options], stdout=log, stderr=log)
        self.wait_until_ready()

    def _command(self) -> list[str]:
        return [
            *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
            *("--dir", str(self.folder), "--maxmemory-policy", "noeviction"),
            *self._options,
        ]

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + LONGEST_SECONDS
        while True:
            try:
                with self.client() as client:
                    client.ping()
            except (redis.ConnectionError, redis.TimeoutError):
                assert self._process is not None
                assert self._process.poll() is None, "redis-server ended: see redis.log"
                assert time.monotonic() < deadline, "redis-server did not answer in time"
                time.sleep(0.01)
            else:
                return

    def send(self, signum: int) -> None:
        os.kill(self.pid, signum)

    def kill(self) -> None:
        """End it as a crash does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it as an operator does, with everything written to disk."""
        if self._process is None or not self.alive:
            return
        self.send(signal.SIGCONT)
        self._process.terminate()
        self._process.wait(timeout=LONGEST_SECONDS)


@contextmanager
def running_redis(folder: Path, *options: str) -> Iterator[RedisServer]:
    server = RedisServer(folder, *options)
    server.start()
    try:
        yield server
    finally:
        server.stop()
