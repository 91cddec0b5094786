"""redis-py's clients, told to send everything once and to wait for nothing long."""

from copy import copy
from typing import Any

from redis.asyncio import ConnectionPool, Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import Connection, SSLConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import (
    Sentinel,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)
from redis.backoff import NoBackoff

from adapters.redis.address import RedisAddress, RedisLimits


class Sentinels(Sentinel):
    """Asks the sentinels in turn, first the one that answered last.

    redis-py moves that one to the front of its list across an ``await``: of two callers
    who do so at once, the second overwrites another sentinel, which is never asked again.
    """

    async def discover_master(self, service_name: str) -> tuple[str, int]:
        asking = copy(self)
        asking.sentinels = list(self.sentinels)
        found: tuple[str, int] = await super(Sentinels, asking).discover_master(service_name)
        self.sentinels.sort(key=lambda sentinel: sentinel is not asking.sentinels[0])
        return found


def make_client(address: RedisAddress, limits: RedisLimits) -> Redis | RedisCluster:
    """Make a client that connects when it is first used.

    By default redis-py's asyncio clients retry ten times and send a command again after a
    lost reply. None of these does. A pool that has no connection left raises at once.
    """
    if address.nodes:
        return _cluster(address, limits)
    if address.sentinels:
        return Redis.from_pool(_sentinel_pool(address, limits))
    return Redis.from_pool(_pool(address, limits))


def _timing(limits: RedisLimits) -> dict[str, Any]:
    return {
        "socket_timeout": limits.timeout_seconds,
        "socket_connect_timeout": limits.timeout_seconds,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,
        # No CLIENT SETINFO: it would add a round trip to every connection.
        "driver_info": None,
    }


def _identity(address: RedisAddress) -> dict[str, Any]:
    return {"db": address.db, "username": address.username, "password": address.password}


def _authority(address: RedisAddress) -> dict[str, Any]:
    return {"ssl_ca_certs": address.tls_ca_file} if address.tls_ca_file else {}


def _pool(address: RedisAddress, limits: RedisLimits) -> ConnectionPool:
    options = {"max_connections": limits.connections, **_timing(limits)}
    if address.url is not None:
        return ConnectionPool.from_url(address.url, **options, **_authority(address))
    if address.tls:
        options |= _authority(address)
    return ConnectionPool(
        connection_class=SSLConnection if address.tls else Connection,
        host=address.host,
        port=address.port,
        **_identity(address),
        **options,
    )


def _sentinel_pool(address: RedisAddress, limits: RedisLimits) -> SentinelConnectionPool:
    tls = {"ssl": True, **_authority(address)} if address.tls else {}
    # One that is dead and does not even refuse must leave time to ask the others, and then
    # the primary, before the operation's time is over.
    patience = limits.timeout_seconds / (len(address.sentinels) + 1)
    asking = _timing(limits) | {"socket_timeout": patience, "socket_connect_timeout": patience}
    sentinels = Sentinels(  # type: ignore[no-untyped-call]
        address.sentinels,
        sentinel_kwargs={**asking, **tls, "password": address.sentinel_password},
    )
    managed = SentinelManagedSSLConnection if address.tls else SentinelManagedConnection
    return SentinelConnectionPool(  # type: ignore[no-untyped-call]
        address.sentinel_service,
        sentinels,
        connection_class=managed,
        max_connections=limits.connections,
        **_identity(address),
        **_timing(limits),
        **(_authority(address) if address.tls else {}),
    )


def _cluster(address: RedisAddress, limits: RedisLimits) -> RedisCluster:
    return RedisCluster(
        startup_nodes=[ClusterNode(host, port) for host, port in address.nodes],
        max_connections=limits.connections,
        username=address.username,
        password=address.password,
        ssl=address.tls,
        ssl_ca_certs=address.tls_ca_file,
        # Part of a cluster is better than none: a client's sessions are on one node.
        require_full_coverage=False,
        **_timing(limits),
    )
