"""wrk, for one burst: how much was answered, and what it cost the server."""

import subprocess
from pathlib import Path

from attrs import frozen

from bench.cpu import cpu_seconds, rest
from tests.support.framegate_server import KEYS

CONNECTIONS = 32
"""framegate takes no more than 32 requests at once when its loop lags, so it turns none away."""

_LUA = Path(__file__).parent / "lua"


class Spoilt(Exception):
    """Not every answer was a 200, so that the rate says nothing."""


@frozen
class Burst:
    """What came of loading one server for a while."""

    requests: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Requests a second. Means nothing but beside another's in the same round."""
        return self.requests / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of processor time a request."""
        return self.cpu_seconds / self.requests * 1e6

    @property
    def busy(self) -> float:
        """Processor time per time: how much of a core the server has used."""
        return self.cpu_seconds / self.seconds


def burst(
    pid: int, url: str, script: str, seconds: int, connections: int = CONNECTIONS, *args: str
) -> Burst:
    """Load the server at ``url``. Raises ``Spoilt``."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=20s"]
    command += [f"-s{script}.lua", url, "--", KEYS.portal, *args]
    rest(pid)  # what the last burst has left unanswered is no part of this one
    before = cpu_seconds(pid)
    done = subprocess.run(command, cwd=_LUA, capture_output=True, text=True, check=False)
    used = cpu_seconds(pid) - before
    return read_burst(done.stdout, done.stderr, used)


def read_burst(said: str, complained: str, used: float) -> Burst:
    """Read the one line that ``lua/common.lua`` writes at the end. Raises ``Spoilt``."""
    _, found, line = said.rpartition("BENCH ")
    if not found:
        raise Spoilt(f"wrk has said nothing: {said} {complained}")
    good, micros, refused, broken, *what = line.strip().split(" ", 4)
    if int(refused) or int(broken) or not int(good):
        sample = what[0] if what else ""
        raise Spoilt(f"{good} good, {refused} refused, {broken} broken: {sample}")
    return Burst(int(good), int(micros) / 1e6, used)
