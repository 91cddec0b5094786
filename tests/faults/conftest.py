from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.faults.kinds import Serve
from tests.support.framegate_server import FramegateServer, running_framegate, write_clients
from tests.support.redis_server import RedisServer, running_redis


@pytest.fixture
def redis_options() -> tuple[str, ...]:
    """How Redis is started; a test that wants it otherwise parametrizes this."""
    return ("--appendonly", "yes")


@pytest.fixture
def redis_server(tmp_path: Path, redis_options: tuple[str, ...]) -> Iterator[RedisServer]:
    with running_redis(tmp_path / "redis", *redis_options) as server:
        yield server


@pytest.fixture
def clients_file(tmp_path: Path) -> Path:
    return write_clients(tmp_path / "clients.toml")


@pytest.fixture
def environment(redis_server: RedisServer, clients_file: Path) -> dict[str, str]:
    """What a server is configured by; rate limits are judged elsewhere."""
    return {
        "REDIS_URL": redis_server.url,
        "CLIENTS_FILE": str(clients_file),
        "DRAIN_SECONDS": "0",
        "RATE_LIMITS": "off",
    }


@pytest.fixture
def serve(tmp_path: Path, environment: dict[str, str]) -> Serve:
    """Run a server; what is given differs from ``environment``."""

    def run(**different: str) -> AbstractContextManager[FramegateServer]:
        return running_framegate(tmp_path / "server", {**environment, **different}, "serve")

    return run
