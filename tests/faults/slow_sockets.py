"""Slow clients by the hundred, from slowhttptest: slow to ask, slow to send, slow to read."""

import math
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.framegate_server import FramegateServer

RAMP_SECONDS = 60.0

# At slowhttptest's own pace: a line every ten seconds, a few bytes read every second.
WAYS: list[list[str]] = [
    ["-H", "-u", "/livez"],
    ["-B", "-s", "9000", "-f", "application/json", "-u", "/auth/validate-session"],
    ["-X", "-w", "1", "-y", "8", "-z", "1", "-n", "1", "-u", "/static/framegate.css"],
]


def descriptors(server: FramegateServer) -> int:
    """Count what the server holds open: the files and connections of one process."""
    return sum(1 for _ in Path(f"/proc/{server.process.pid}/fd").iterdir())


def wait_for(server: FramegateServer, least: int, most: float = math.inf) -> None:
    deadline = time.monotonic() + RAMP_SECONDS
    while not least <= (held := descriptors(server)) <= most:
        assert time.monotonic() < deadline, f"the server holds {held} open, not {least} to {most}"
        time.sleep(0.01)


@contextmanager
def slow_sockets(server: FramegateServer, count: int) -> Iterator[None]:
    """Keep so many slow connections, a third of each way, while the block runs."""
    before = descriptors(server)
    each = str(math.ceil(count / len(WAYS)))
    attackers = [
        subprocess.Popen(
            ["slowhttptest", "-c", each, "-r", each, "-v", "0", *way, server.url + path],
            stdout=subprocess.DEVNULL,
        )
        for *way, path in WAYS
    ]
    try:
        wait_for(server, before + count * 95 // 100)
        yield
    finally:
        for attacker in attackers:
            attacker.terminate()
            attacker.wait()
        wait_for(server, 0, before + 5)
