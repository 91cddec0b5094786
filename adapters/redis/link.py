"""The link to Redis: connections, time-outs, and the one place that knows redis-py's errors."""

import asyncio
from collections.abc import Sequence
from typing import Any

from attrs import field, frozen
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import Connection, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from adapters.redis.scripts import Script
from application.ports import StoreHealth, StoreUnavailable

POOL_WAIT_SECONDS = 0.1


@frozen(kw_only=True)
class RedisAddress:
    """Where Redis is and how to get in. ``url`` wins over the parts."""

    url: str | None = field(default=None, repr=False)
    host: str = "localhost"
    port: int = 6379
    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    tls_ca_file: str | None = None


@frozen(kw_only=True)
class RedisLimits:
    """``timeout_seconds`` bounds connecting and each reply, ``connections`` the pool."""

    timeout_seconds: float = 0.3
    connections: int = 256


class RedisLink(StoreHealth):
    """Runs scripts, each sent once.

    redis-py's asyncio client retries ten times by default and sends a command again after
    a lost reply; a redeem sent twice would lose to itself. Here nothing is retried: what
    has no answer is unknown, and the caller is told so.
    """

    def __init__(self, redis: Redis, deadline_seconds: float) -> None:
        self._redis = redis
        self._deadline = deadline_seconds

    @classmethod
    def to(cls, address: RedisAddress, limits: RedisLimits) -> "RedisLink":
        """Make a link that connects when it is first used."""
        redis = Redis.from_pool(_pool(address, limits))
        return cls(redis, limits.timeout_seconds + POOL_WAIT_SECONDS)

    async def run(
        self, script: Script, keys: Sequence[bytes], arguments: Sequence[bytes | int]
    ) -> Any:
        """Run the script in one round trip. Raises ``StoreUnavailable``.

        A server that does not know the script yet (NOSCRIPT: it has run nothing) is sent
        its text, which it knows from then on.
        """
        call = (len(keys), *keys, *arguments)
        try:
            return await self._send("EVALSHA", script.sha, *call)
        except NoScriptError:
            return await self._send("EVAL", script.text, *call)

    async def ask(self, *command: bytes | int | str) -> Any:
        """Send one command, once. Raises ``StoreUnavailable``."""
        return await self._send(*command)

    async def check(self) -> None:
        # A write that changes nothing: a replica, or a server that has stopped writing, says
        # no to it, where a PING is still answered. It needs no memory, as a redeem needs none.
        await self._send("UNLINK", b"fg:{health}")

    async def close(self) -> None:
        """Close all connections."""
        await self._redis.aclose()

    async def _send(self, *command: bytes | int | str) -> Any:
        try:
            async with asyncio.timeout(self._deadline):
                return await self._redis.execute_command(*command)  # type: ignore[no-untyped-call]
        except NoScriptError:
            raise
        except TimeoutError as error:
            raise StoreUnavailable("no answer in time") from error
        except (RedisError, OSError) as error:
            # Not the error's text: a server may quote in it what it was sent.
            raise StoreUnavailable(type(error).__name__) from error


def _pool(address: RedisAddress, limits: RedisLimits) -> BlockingConnectionPool:
    options: dict[str, Any] = {
        "max_connections": limits.connections,
        "timeout": POOL_WAIT_SECONDS,
        "socket_timeout": limits.timeout_seconds,
        "socket_connect_timeout": limits.timeout_seconds,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,
        # No CLIENT SETINFO: it would add a round trip to every connection.
        "driver_info": None,
    }
    if address.url is not None:
        if address.tls_ca_file:
            options["ssl_ca_certs"] = address.tls_ca_file
        return BlockingConnectionPool.from_url(address.url, **options)
    if address.tls:
        options["ssl_ca_certs"] = address.tls_ca_file
    return BlockingConnectionPool(
        connection_class=SSLConnection if address.tls else Connection,
        host=address.host,
        port=address.port,
        db=address.db,
        username=address.username,
        password=address.password,
        **options,
    )
