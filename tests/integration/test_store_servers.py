"""What Redis says of itself, in the metrics."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.redis.address import RedisLimits
from adapters.redis.link import RedisLink
from adapters.redis.servers import RedisServers
from application.metrics_ports import StoreServer
from application.ports import StoreUnavailable
from tests.support.framegate_server import KEYS, FramegateServer, bearer, running_framegate
from tests.support.http_call import call
from tests.support.metrics import value_of
from tests.support.redis_server import RedisServer, running_redis
from tests.support.waiting import until

LIMIT = 64 << 20


def look(redis: RedisServer) -> Sequence[StoreServer]:
    async def ask() -> Sequence[StoreServer]:
        link = RedisLink.to(redis.address, RedisLimits(timeout_seconds=5))
        try:
            return await RedisServers(link, "here").look()
        finally:
            await link.close()

    return asyncio.run(ask())


def told_in_time(server: FramegateServer) -> str:
    """Return what it tells Prometheus, once Redis has answered within the time for that."""
    told: list[str] = []

    def redis_has_answered() -> bool:
        told.append(call("GET", f"{server.url}/metrics", headers=bearer(KEYS.ops)).body.decode())
        return value_of(told[-1], "framegate_store_up") == 1

    until("Redis has answered in time", redis_has_answered)
    return told[-1]


def test_a_primary_and_its_replica_say_what_they_are(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    with redis_server.client() as redis:
        redis.config_set("maxmemory", LIMIT)
    with running_redis(tmp_path / "copy", "--replicaof", f"127.0.0.1 {redis_server.port}") as copy:
        until("it is attached", lambda: look(redis_server)[0].replicas == 1)
        (primary,), (replica,) = look(redis_server), look(copy)
    assert (primary.name, primary.is_primary, replica.is_primary) == ("here", True, False)
    assert (primary.memory_limit_bytes, replica.memory_limit_bytes) == (LIMIT, 0)
    assert 0 < primary.memory_bytes < LIMIT


def test_a_user_who_may_not_ask_gets_all_the_other_figures(
    tmp_path: Path, redis_server: RedisServer, environment: dict[str, str]
) -> None:
    with redis_server.client() as redis:
        for name, more in (("all", ""), ("narrow", "-info")):
            rules = ["on", ">word", "~*", "&*", "+@all", *more.split()]
            redis.execute_command("ACL", "SETUSER", name, *rules)
    memory = {}
    for name in ("all", "narrow"):
        url = redis_server.url.replace("//", f"//{name}:word@")
        wish = {**environment, "REDIS_URL": url, "SINGLE_USE": "durable"}
        with running_framegate(tmp_path / name, wish, "serve") as server:
            told = told_in_time(server)
        assert value_of(told, "framegate_sessions_active", client="portal") == 0
        where = f"127.0.0.1:{redis_server.port}"
        memory[name] = value_of(told, "framegate_store_memory_bytes", server=where)
    assert memory["narrow"] is None
    assert memory["all"]


def test_what_is_not_told_is_unavailable() -> None:
    class Curt:
        async def ask_each(self, *_: str) -> dict[str, bytes]:
            return {"": b"# Memory\r\nused_memory:7\r\n"}

    with pytest.raises(StoreUnavailable):
        asyncio.run(RedisServers(Curt(), "here").look())  # type: ignore[arg-type] # enough of one
