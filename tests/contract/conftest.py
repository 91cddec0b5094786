from collections.abc import Iterator

import pytest

from adapters.redis.scripts import SingleUse
from tests.support.redis_cluster import RedisNodes, running_cluster
from tests.support.redis_sentinel import WatchedRedis, running_sentinels
from tests.support.redis_server import RedisServer, running_redis
from tests.support.topology import NEVER_DOWN_MS
from tests.support.worlds import MemoryWorld, World, fake_world, real_world

# The fixture that has a store's address.
ADDRESSES = {
    "redis-strict": "redis_server",
    "redis-durable": "redis_server",
    "sentinel-strict": "sentinels",
    "cluster-strict": "cluster",
}


@pytest.fixture(scope="package")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    # With --save it would write a file, and wait for the disk, each time that all is lost.
    options = ("--appendonly", "yes", "--save", "")
    with running_redis(tmp_path_factory.mktemp("redis"), *options) as server:
        yield server


@pytest.fixture(scope="package")
def sentinels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedRedis]:
    with running_sentinels(tmp_path_factory.mktemp("sentinels"), NEVER_DOWN_MS) as watched:
        yield watched


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisNodes]:
    with running_cluster(tmp_path_factory.mktemp("cluster"), NEVER_DOWN_MS) as nodes:
        yield nodes


@pytest.fixture(params=["memory", "fakeredis", *ADDRESSES])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    made: World
    if request.param == "memory":
        made = MemoryWorld()
    elif request.param == "fakeredis":
        made = fake_world()
    else:
        topology = request.getfixturevalue(ADDRESSES[request.param])
        made = real_world(topology.address, SingleUse(request.param.partition("-")[2]))
    yield made
    made.close()
