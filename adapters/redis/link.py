"""The link to Redis, and the one place that knows redis-py's errors."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.exceptions import (
    MaxConnectionsError,
    NoScriptError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    ResponseError,
)

from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.breaker import Breaker
from adapters.redis.client import make_client
from adapters.redis.scripts import Script
from application.ports import StoreHealth, StoreUnavailable

# In three parts of a Cluster's slots; on a single Redis the first alone says it all.
HEALTH_KEYS = (b"fg:{health}", b"fg:{health-3}", b"fg:{health-4}")


class RedisLink(StoreHealth):
    """Runs scripts, each sent once, within one deadline.

    Nothing is retried: a redeem sent twice would lose to itself. What has no answer is
    unknown, and the caller is told so.
    """

    def __init__(self, redis: Redis | RedisCluster, deadline_seconds: float) -> None:
        self._redis = redis
        self._deadline = deadline_seconds
        self._breakers: defaultdict[bytes, Breaker] = defaultdict(Breaker)

    @classmethod
    def to(cls, address: RedisAddress, limits: RedisLimits) -> "RedisLink":
        """Make a link that connects when it is first used."""
        return cls(make_client(address, limits), limits.timeout_seconds)

    async def run(
        self, script: Script, keys: Sequence[bytes], arguments: Sequence[bytes | int]
    ) -> Any:
        """Run the script in one round trip. Raises ``StoreUnavailable``.

        A server that does not know the script yet (NOSCRIPT: it has run nothing) is sent
        its text, which it knows from then on.
        """
        call = (len(keys), *keys, *arguments)
        async with self._once(keys[0]):
            try:
                return await self._send("EVALSHA", script.sha, *call)
            except NoScriptError:
                return await self._send("EVAL", script.text, *call)

    async def ask(self, *command: bytes | int | str) -> Any:
        """Send one command, once. Raises ``StoreUnavailable``."""
        async with self._once(b""):
            return await self._send(*command)

    async def ask_each(self, *command: str) -> Mapping[str, Any]:
        """Ask every server that decides: in a Cluster each primary, by its name.

        Raises ``StoreUnavailable`` where one of them does not answer.
        """
        async with self._once(b""):
            if not isinstance(self._redis, RedisCluster):
                return {"": await self._send(*command)}
            await self._redis.initialize()
            return {
                node.name: await self._redis.execute_command(*command, target_nodes=[node])
                for node in self._redis.get_primaries()
            }

    def server_of(self, key: bytes) -> str:
        """Name the server that decides over a key, as ``ask_each`` does, once it has."""
        if not isinstance(self._redis, RedisCluster):
            return ""
        node = self._redis.get_node_from_key(key.decode())
        return node.name if node else ""

    async def check(self) -> None:
        # A Cluster is worth asking as long as part of it answers: were one lost node enough
        # to make every server unready, the clients on the others would lose theirs, too.
        keys = HEALTH_KEYS if self.in_cluster else HEALTH_KEYS[:1]
        problems = await asyncio.gather(*map(self._check, keys))
        if first := all(problems) and problems[0]:
            raise first

    async def _check(self, key: bytes) -> StoreUnavailable | None:
        # A write that changes nothing: a replica, or a server that has stopped writing, says
        # no to it, where a PING is still answered. It needs no memory, as a redeem needs none.
        try:
            async with self._once(key):
                await self._send("UNLINK", key)
        except StoreUnavailable as problem:
            return problem
        return None

    async def close(self) -> None:
        """Close all connections."""
        await self._redis.aclose()
        if isinstance(self._redis, Redis):
            pool = self._redis.connection_pool
            if isinstance(pool, SentinelConnectionPool):
                # redis-py leaves the connections to the sentinels open.
                await pool.sentinel_manager.aclose()

    async def _send(self, *command: bytes | int | str) -> Any:
        return await self._redis.execute_command(*command)

    @asynccontextmanager
    async def _once(self, key: bytes) -> AsyncIterator[None]:
        """Bound the time of one try, learn from how it ends, and translate its errors.

        An error's text goes no further: a server may quote in it what it was sent.
        """
        breaker = self._breakers[self._fate(key)]
        if not breaker.admits(self._deadline):
            raise StoreUnavailable("no answer lately; the next try is a moment away")
        try:
            async with asyncio.timeout(self._deadline):
                yield
        except MaxConnectionsError as error:
            raise StoreUnavailable("all connections are in use") from error
        except ResponseError as error:
            breaker.answered()
            # Before 7.0 a script's error begins otherwise and has this in its middle.
            if isinstance(error, ReadOnlyError) or "READONLY" in str(error):
                await self._look_again()
                raise StoreUnavailable("connected to a replica") from error
            raise StoreUnavailable(type(error).__name__) from error
        except TimeoutError as error:
            breaker.lost()
            raise StoreUnavailable("no answer in time") from error
        except (RedisError, RedisClusterException, OSError) as error:
            breaker.lost()
            raise StoreUnavailable(type(error).__name__) from error
        else:
            breaker.answered()

    def _fate(self, key: bytes) -> bytes:
        """Name what a key's node shares its fate with: in a Cluster, one may be away alone."""
        return key if self.in_cluster else b""

    @property
    def in_cluster(self) -> bool:
        """Whether it is a Cluster that is talked to."""
        return isinstance(self._redis, RedisCluster)

    async def _look_again(self) -> None:
        """Drop the idle connections.

        After a failover a name or a Sentinel tells another address, but only who connects
        anew asks for it.
        """
        if isinstance(self._redis, Redis):
            await self._redis.connection_pool.disconnect(inuse_connections=False)
