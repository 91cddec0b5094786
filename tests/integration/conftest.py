from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.framegate_server import write_clients
from tests.support.redis_server import RedisServer, running_redis


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path / "redis", "--appendonly", "yes", "--save", "60 1") as server:
        yield server


@pytest.fixture
def environment(tmp_path: Path, redis_server: RedisServer) -> dict[str, str]:
    """What a production server is configured by."""
    return {
        "REDIS_URL": redis_server.url,
        "CLIENTS_FILE": str(write_clients(tmp_path / "clients.toml")),
        "DRAIN_SECONDS": "0",
    }
