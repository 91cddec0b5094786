"""A real server on a real Redis, set up so that everything it does can be looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from tests.support.framegate_server import FramegateServer, running_framegate, write_clients
from tests.support.redis_server import RedisServer, running_redis


@attrs.frozen
class Target:
    server: FramegateServer
    redis: RedisServer

    @property
    def url(self) -> str:
        return self.server.url


@contextmanager
def running_target(folder: Path, *redis_options: str, **settings: str) -> Iterator[Target]:
    with running_redis(folder / "redis", "--appendonly", "yes", *redis_options) as redis:
        environment = {
            "REDIS_URL": redis.url,
            "REDIS_TIMEOUT_MS": "10000",  # a machine that is busy elsewhere is no fault here
            "CLIENTS_FILE": str(write_clients(folder / "clients.toml")),
            "SESSION_CAP": "1000000",
            "DRAIN_SECONDS": "0",
            "KEEP_ALIVE_SECONDS": "2",
            "RATE_LIMITS": "off",
            "LOG_LEVEL": "DEBUG",
            **settings,
        }
        with running_framegate(folder / "server", environment, "serve") as server:
            yield Target(server, redis)
            assert server.process.poll() is None, "the server has ended"
