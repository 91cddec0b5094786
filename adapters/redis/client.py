"""redis-py, told to connect within the time, to send everything once and nothing of its own."""

from collections.abc import Callable
from itertools import cycle
from typing import Any

from attrs import evolve
from redis.asyncio import ConnectionPool, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import (
    Sentinel,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)
from redis.backoff import NoBackoff

from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.carrier import Carrier
from adapters.redis.cluster import Cluster
from adapters.redis.line import Line


class Sentinels(Sentinel):
    """Asks the sentinels in turn, first the one that answered last, and hangs up."""

    async def discover_master(self, service_name: str) -> tuple[str, int]:
        try:
            found: tuple[str, int] = await super().discover_master(service_name)
        finally:
            await self.aclose()
        return found


def make_carrier(address: RedisAddress, limits: RedisLimits) -> Carrier:
    """Make what connects when it is first used.

    By default redis-py's asyncio clients retry ten times and send a command again after a
    lost reply. None of these does.
    """
    if address.nodes:
        return Cluster(_cluster(address, limits), limits)
    return Line(make_connections(address, limits), limits)


def make_connections(
    address: RedisAddress, limits: RedisLimits
) -> Callable[[], AbstractConnection]:
    """Return what makes connections that have not connected yet.

    In a Cluster each is to another of the nodes that are named, in turn.
    """
    # It keeps none of them: a pool knows how one is made, and which Sentinels are to be asked.
    if address.sentinels:
        return _sentinel_pool(address, limits).make_connection
    if not address.nodes:
        return _pool(address, limits).make_connection
    pools = cycle(
        [
            _pool(evolve(address, nodes=(), host=host, port=port), limits)
            for host, port in address.nodes
        ]
    )
    return lambda: next(pools).make_connection()  # type: ignore[no-untyped-call] # it has no types


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
    options = _timing(limits)
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
        **_identity(address),
        **_timing(limits),
        **(_authority(address) if address.tls else {}),
    )


def _cluster(address: RedisAddress, limits: RedisLimits) -> RedisCluster:
    return RedisCluster(
        startup_nodes=[ClusterNode(host, port) for host, port in address.nodes],
        username=address.username,
        password=address.password,
        ssl=address.tls,
        ssl_ca_certs=address.tls_ca_file,
        # Part of a cluster is better than none: a client's sessions are on one node.
        require_full_coverage=False,
        **_timing(limits),
    )
