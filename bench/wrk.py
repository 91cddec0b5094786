"""wrk, for one burst: how much was answered, and what it cost."""

import subprocess
from pathlib import Path

from attrs import frozen

from bench.cpu import cpu_seconds, rest
from bench.serving import Served
from entrypoints.http.admission import STANDING
from tests.support.framegate_server import KEYS

CONNECTIONS = STANDING
"""framegate works on no more requests than these when its loop lags, so it turns none away."""

_LUA = Path(__file__).parent / "lua"


class Spoilt(Exception):
    """Not every answer was a 200, so that the rate says nothing."""


@frozen
class Burst:
    """What came of loading one server for a while."""

    requests: int
    seconds: float
    server_seconds: float = 0.0
    redis_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second. Means nothing but beside another's in the same round."""
        return self.requests / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of processor time that a request costs the server."""
        return self.server_seconds / self.requests * 1e6

    @property
    def redis_us(self) -> float:
        """The same of its Redis."""
        return self.redis_seconds / self.requests * 1e6

    @property
    def busy(self) -> float:
        """How many cores the server has used: less than it has means that others were slower."""
        return self.server_seconds / self.seconds


def burst(
    server: Served, script: str, seconds: int, *args: str, connections: int = CONNECTIONS
) -> Burst:
    """Load the server with a script from ``lua/``. Raises ``Spoilt``."""
    rest(server.pid)  # what the last burst has left unanswered is no part of this one
    pids = (server.pid, server.redis.pid)
    before = [cpu_seconds(pid) for pid in pids]
    said = subprocess.run(
        [
            *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=20s"),
            *(f"-s{script}.lua", server.url, "--", KEYS.portal, *args),
        ],
        cwd=_LUA,
        capture_output=True,
        text=True,
        check=False,
    )
    used = [cpu_seconds(pid) - so_far for pid, so_far in zip(pids, before, strict=True)]
    requests, lasted = read_summary(said.stdout + said.stderr)
    return Burst(requests, lasted, *used)


def read_summary(said: str) -> tuple[int, float]:
    """Return requests and seconds from the line that ``lua/common.lua`` writes last.

    Raises ``Spoilt``.
    """
    _, found, rest_of_it = said.rpartition("BENCH ")
    if not found:
        raise Spoilt(f"wrk has not come to its end: {said}")
    good, micros, refused, broken, *sample = rest_of_it.strip().split(" ", 4)
    if int(refused) or int(broken) or not int(good):
        raise Spoilt(f"{good} answers were 200, {refused} not, {broken} never came: {sample}")
    return int(good), int(micros) / 1e6
