from collections.abc import Iterator

import pytest

from adapters.redis.scripts import SingleUse
from tests.support.redis_server import RedisServer, running_redis
from tests.support.worlds import MemoryWorld, World, fake_world, real_world

STORES = ["memory", "fakeredis", "redis-strict", "redis-durable"]


@pytest.fixture(scope="package")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running_redis(tmp_path_factory.mktemp("redis"), "--appendonly", "yes") as server:
        yield server


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    made: World
    if request.param == "memory":
        made = MemoryWorld()
    elif request.param == "fakeredis":
        made = fake_world()
    else:
        server: RedisServer = request.getfixturevalue("redis_server")
        made = real_world(server.port, SingleUse(request.param.removeprefix("redis-")))
    yield made
    made.close()
