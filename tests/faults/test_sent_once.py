"""Behind a sentinel and in a Cluster, too, what loses its answer is sent once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.link import RedisLink
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from application.ports import StoreUnavailable
from domain.opening import Opening
from domain.refusal import Refusal, Refused
from domain.session_id import Digest
from tests.faults.fault import Fault
from tests.faults.proxy import FaultyProxy
from tests.support.redis_cluster import BUS, free_node_port
from tests.support.redis_sentinel import SERVICE, Sentinel
from tests.support.redis_server import RedisServer
from tests.support.waiting import until

# The sentinel loses answers as well, and must not act on it.
PATIENCE_MS = 60_000


class ProxyThatEndsItsFault(FaultyProxy):
    """Has whoever connects anew find all well, so that a second sending would arrive."""

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._begin(Fault.NONE)
        await super()._connect(reader, writer)


@contextmanager
def one_behind_a_sentinel(folder: Path) -> Iterator[tuple[RedisAddress, FaultyProxy]]:
    """Have a sentinel that knows the server by the proxy's port."""
    server, sentinel = RedisServer(folder / "redis"), Sentinel(folder / "sentinel")
    with FaultyProxy(server.port) as proxy:
        try:
            server.start()
            sentinel.watch(proxy.port, PATIENCE_MS)
            until("the sentinel sees the server", lambda: sentinel.flags == "master")
            address = RedisAddress(
                sentinels=(("127.0.0.1", sentinel.port),), sentinel_service=SERVICE
            )
            yield address, proxy
        finally:
            sentinel.stop()
            server.stop()


@contextmanager
def one_in_a_cluster(folder: Path) -> Iterator[tuple[RedisAddress, FaultyProxy]]:
    """Have a node that tells others the proxy's port for its own."""
    node = RedisServer(folder / "node", "--cluster-enabled", "yes", port=free_node_port())
    with ProxyThatEndsItsFault(node.port) as proxy:
        ports = ("--cluster-announce-port", str(proxy.port))
        bus = ("--cluster-announce-bus-port", str(node.port + BUS))
        node.start(*ports, *bus, "--cluster-announce-ip", "127.0.0.1")
        try:
            with node.client() as client:
                client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16_383)
                until(
                    "the Cluster serves",
                    lambda: client.execute_command("CLUSTER INFO")["cluster_state"] == "ok",
                )
            yield RedisAddress(nodes=(("127.0.0.1", proxy.port),)), proxy
        finally:
            node.stop()


@pytest.fixture(params=[one_behind_a_sentinel, one_in_a_cluster])
def behind_a_proxy(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[RedisAddress, FaultyProxy]]:
    with request.param(tmp_path) as made:
        yield made


def test_a_redeem_whose_reply_is_lost_is_unknown_and_not_sent_again(
    behind_a_proxy: tuple[RedisAddress, FaultyProxy],
) -> None:
    address, proxy = behind_a_proxy

    async def lose_the_reply() -> None:
        # Time enough to send it many times.
        link = RedisLink.to(address, RedisLimits(timeout_seconds=20))
        sessions = RedisSessions(link, load_scripts(SingleUse.STRICT))
        for name in ("warm-up", "a session"):
            await sessions.create(
                Opening(client="portal", digest=Digest.of(name), ttl_ms=600_000, cap=9)
            )
        await sessions.redeem("portal", Digest.of("warm-up"))
        proxy.seen, proxy.fault = b"", Fault.LOSE_REPLIES
        with pytest.raises(StoreUnavailable):
            await sessions.redeem("portal", Digest.of("a session"))
        assert proxy.seen.count(b"EVALSHA") == 1
        proxy.release()
        with pytest.raises(Refused) as refused:
            await sessions.redeem("portal", Digest.of("a session"))
        assert refused.value.reason is Refusal.USED
        await link.close()

    asyncio.run(lose_the_reply())
