"""How many bytes an active session takes, in Redis and in the memory adapter."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.fill import fill
from bench.plan import Plan
from bench.serving import HERE, REDIS_OPTIONS
from bench.spread import Spread, spread
from domain.payload import Payload
from tests.support.redis_server import RedisServer, running_redis

SESSIONS = 1_000_000
KINDS = {
    "without metadata": (Payload(), 200),
    "with a subject of 12 characters": (Payload.of("user-1234567"), None),
}


def in_redis(plan: Plan) -> Iterator[Figure]:
    """Fill a fresh Redis with sessions of each kind, and ask it."""
    for number, (kind, (payload, most)) in enumerate(KINDS.items()):
        with running_redis(plan.folder / f"{number}", *REDIS_OPTIONS) as redis:
            before = _used(redis)
            fill(redis, SESSIONS, payload)
            grown, named = _used(redis) - before, _of_keys(redis)
        for what, size in {"used_memory": grown, "MEMORY USAGE of all keys": named}.items():
            yield Figure(
                of=f"{SESSIONS:,} sessions {kind}",
                what=what,
                unit="bytes",
                spread=_once(size / SESSIONS),
                at_most=most if what == "used_memory" else None,
            )


def in_the_adapter(plan: Plan) -> Iterator[Figure]:
    """See how a process grows that creates sessions and nothing else."""
    command = [sys.executable, "-m", "bench.memory_child", str(SESSIONS)]
    path = {"PYTHONPATH": f"{Path.cwd()}:{HERE}"}
    said = [
        subprocess.run(
            command, cwd=plan.folder, env=path, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(3)
    ]
    yield Figure(
        of=f"{SESSIONS:,} sessions without metadata",
        what="resident set",
        unit="bytes",
        spread=spread(map(float, said)),
        at_most=500,
    )


def _used(redis: RedisServer) -> int:
    with redis.client() as client:
        return int(client.info("memory")["used_memory"])


def _of_keys(redis: RedisServer) -> int:
    with redis.client() as client:
        return sum(int(client.memory_usage(key, samples=0) or 0) for key in client.scan_iter())


def _once(value: float) -> Spread:
    return spread([value])
