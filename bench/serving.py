"""Servers under measurement: started each with a Redis of its own, tried, and stopped."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from attrs import frozen

from bench.contestants import Contestant
from bench.cores import pinned
from domain.key import digest_key
from tests.support.framegate_server import KEYS, bearer, write_clients
from tests.support.http_call import call
from tests.support.redis_server import RedisServer, free_port, running_redis
from tests.support.waiting import until

HERE = Path(__file__).parents[1]

# Nothing that would turn anybody away: the most that a clients file may grant.
GENEROUS = "session_cap = 10000000\nsession_ttl_seconds = 86400\ncreates_per_minute = 10000000"

# Nothing of it reaches a disk, which is no part of what is compared.
REDIS_OPTIONS = ("--save", "", "--appendonly", "no")


class NotTheSame(Exception):
    """A contestant does not do what all of them must."""


@frozen
class Served:
    """A contestant that runs."""

    name: str
    pid: int
    url: str
    redis: RedisServer


@contextmanager
def serving(contestant: Contestant, folder: Path) -> Iterator[Served]:
    """Start it beside a Redis of its own in a new folder, see what it answers, stop it."""
    folder.mkdir(parents=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis(folder / "redis", *REDIS_OPTIONS))
        environment = {
            "PATH": os.environ["PATH"],
            # framegate as it stands where the benchmark was called; the peers as they stand here.
            "PYTHONPATH": f"{Path.cwd()}:{HERE}",
            "PORT": str(port),
            "REDIS_URL": redis.url,
            "CLIENTS_FILE": str(write_clients(folder / "clients.toml", GENEROUS)),
            "KEY_DIGEST": digest_key(KEYS.portal),
            **contestant.environment,
        }
        log = stack.enter_context((folder / "server.log").open("wb"))
        process = subprocess.Popen(
            pinned(contestant.cores, contestant.command),
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
        )
        stack.callback(_stop, process)
        until(f"{contestant.name} answers", lambda: _answers(url, process, folder))
        try_flow(url)
        yield Served(contestant.name, process.pid, url, redis)


def try_flow(url: str) -> None:
    """Make sure that it keeps the promise that all are compared on. Raises ``NotTheSame``."""
    key = bearer(KEYS.portal)
    created = call("POST", f"{url}/auth/create-session", headers=key)
    redeem = f"{url}/auth/validate-session?session_id={created.fields.get('session_id')}"
    statuses = {
        "a create": (200, created.status),
        "a create without a key": (401, call("POST", f"{url}/auth/create-session").status),
        "a redeem": (200, call("GET", redeem).status),
        "the same redeem again": (401, call("GET", redeem).status),
    }
    for what, (expected, got) in statuses.items():
        if got != expected:
            raise NotTheSame(f"{url}: {what} is answered {got}, not {expected}")


def _answers(url: str, process: "subprocess.Popen[bytes]", folder: Path) -> bool:
    if process.poll() is not None:
        raise NotTheSame(f"it ended: {(folder / 'server.log').read_text()}")
    try:
        return bool(call("POST", f"{url}/auth/create-session").status)
    except OSError:
        return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(timeout=20)
