"""A real ``framegate`` process that a test starts, signals and stops."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import attrs

from domain.key import compose_key, digest_key
from tests.support.waiting import LONGEST_SECONDS, until

READY = re.compile(r"(https?://[^\s/]+:\d+|unix:\S+)")


PATIENT = {"REDIS_TIMEOUT_MS": "10000"}
"""How servers and commands wait for Redis here: a machine that is busy elsewhere is no fault of
theirs. A test about a Redis that does not answer says itself how long that is waited for."""


@attrs.frozen
class Keys:
    """The keys of the clients file that ``write_clients`` writes; each is fixed, so that a
    test needs no randomness, and long enough to be found where it must not be."""

    portal: str = compose_key(b"portal's key".ljust(32, b"."))
    other: str = compose_key(b"other's key".ljust(32, b"."))
    ops: str = compose_key(b"ops's key".ljust(32, b"."))


KEYS = Keys()


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def write_clients(path: Path, extra: str = "", origin: str = "https://portal.example") -> Path:
    path.write_text(
        f"""
[[client]]
name = "portal"
keys = ["{digest_key(KEYS.portal)}"]
origins = ["{origin}"]
{extra}

[[client]]
name = "other"
keys = ["{digest_key(KEYS.other)}"]

[[admin]]
name = "ops"
keys = ["{digest_key(KEYS.ops)}"]
"""
    )
    return path


class FramegateServer:
    """One server; ``log`` is everything it has written so far."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *arguments: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / f"framegate-{time.monotonic_ns()}.log"
        names = ("PATH", "HOME", "HTTP_TRANSPORT")  # the last as the fixture has set it
        kept = {name: os.environ[name] for name in names if name in os.environ}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "entrypoints", *arguments],
                cwd=folder,
                env={
                    **kept,
                    "PYTHONPATH": str(Path(__file__).parents[2]),
                    "PYTHONWARNINGS": "error",
                    "PORT": "0",
                    **PATIENT,
                    **environment,
                },
                stdout=log,
                stderr=log,
            )
        try:
            self.url = self._wait_for_url()
        except AssertionError as error:
            self.process.kill()
            self.process.wait()
            error.add_note(self.log)
            raise

    @property
    def log(self) -> str:
        return self._log.read_text()

    @property
    def cpu_seconds(self) -> float:
        """The processor time that the one process has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def send(self, signum: int) -> None:
        self.process.send_signal(signum)

    def stop(self) -> int:
        """Ask it to stop and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=LONGEST_SECONDS)

    def _wait_for_url(self) -> str:
        until("framegate serves", self._serves_or_has_ended)
        found = READY.search(self.log) if self._serves else None
        assert found, "framegate ended"
        return found[1]

    def _serves_or_has_ended(self) -> bool:
        return self._serves or self.process.poll() is not None

    @property
    def _serves(self) -> bool:
        # Workers say so; a line before that has the address.
        return '"serving"' in self.log


@contextmanager
def running_framegate(
    folder: Path, environment: Mapping[str, str], *arguments: str
) -> Iterator[FramegateServer]:
    server = FramegateServer(folder, environment, *arguments)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.send(signal.SIGCONT)
        server.stop()
