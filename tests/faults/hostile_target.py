"""A real server on a real Redis, set up so that everything it does can be looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.framegate_server import FramegateServer, running_framegate, write_clients
from tests.support.redis_server import running_redis


@contextmanager
def running_target(folder: Path) -> Iterator[FramegateServer]:
    with running_redis(folder / "redis", "--appendonly", "yes") as redis:
        environment = {
            "REDIS_URL": redis.url,
            "CLIENTS_FILE": str(write_clients(folder / "clients.toml")),
            "SESSION_CAP": "1000000",
            "DRAIN_SECONDS": "0",
            "KEEP_ALIVE_SECONDS": "2",
            "RATE_LIMITS": "off",
            "LOG_LEVEL": "DEBUG",
        }
        with running_framegate(folder / "server", environment, "serve") as server:
            yield server
            assert server.process.poll() is None, "the server has ended"
