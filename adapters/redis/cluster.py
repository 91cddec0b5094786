"""A line to each node of a Redis Cluster, and the way from a key to its node."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from redis.asyncio import RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.exceptions import (
    AskError,
    ClusterDownError,
    MovedError,
    RedisClusterException,
    SlotNotCoveredError,
)

from adapters.redis.address import RedisLimits
from adapters.redis.carrier import Carrier, Word
from adapters.redis.line import Line

MOST_REDIRECTIONS = 5
LOOK_SECONDS = 0.1
"""So long a look at the topology is good for, also one that has failed."""


class Cluster(Carrier):
    """Has redis-py ask for the topology, and follows where nodes redirect.

    A node that redirects (MOVED, ASK) has done nothing: to follow is not to send again. The
    topology is looked at before a node is connected to, so also after it has not answered: by
    then a replica may have taken over.
    """

    def __init__(self, redis: RedisCluster, limits: RedisLimits) -> None:
        self._redis = redis
        self._limits = limits
        self._lines: dict[str, Line] = {}
        self._in_doubt = False
        self._looking: asyncio.Task[None] | None = None
        self._good_until = 0.0

    @property
    def in_cluster(self) -> bool:
        return True

    async def send(self, key: bytes, *command: Word) -> Any:
        async with asyncio.timeout(self._limits.timeout_seconds):
            line = await self._find(key)
            for _ in range(MOST_REDIRECTIONS):
                try:
                    return await line.send(key, *command)
                except MovedError as moved:
                    await self._redis.nodes_manager.move_slot(moved)
                    line = self._line_to(self._node_of(key))
                except AskError as ask:
                    kwargs = self._redis.connection_kwargs
                    line = self._line_to(ClusterNode(ask.host, ask.port, **kwargs))
                    # The two go out next to each other, and nobody wants to know its answer.
                    line.send(key, "ASKING").cancel()
                except ClusterDownError:
                    # This node may be the only one that says so: cut off, and replaced.
                    self._in_doubt = True
                    raise
        raise ClusterDownError("redirected without end")

    async def send_each(self, *command: Word) -> Mapping[str, Any]:
        await self._look()
        nodes = self._redis.get_primaries()
        answers = [await self._line_to(node).send(b"", *command) for node in nodes]
        return dict(zip((node.name for node in nodes), answers, strict=True))

    def server_of(self, key: bytes) -> str:
        return self._node_of(key).name

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])
            self._looking = None
        await asyncio.gather(*(line.close() for line in self._lines.values()))

    async def _find(self, key: bytes) -> Line:
        try:
            node = self._node_of(key)
        except SlotNotCoveredError:
            await self._look()
            return self._line_to(self._node_of(key))
        if not self._in_doubt and self._line_to(node).is_up:
            return self._line_to(node)
        await self._look(last=node)
        return self._line_to(self._node_of(key))

    def _node_of(self, key: bytes) -> ClusterNode:
        node = self._redis.get_node_from_key(key.decode())
        if node is None:
            raise SlotNotCoveredError
        return node

    def _line_to(self, node: ClusterNode) -> Line:
        line = self._lines.get(node.name)
        if line is None:
            make_connection = partial(node.connection_class, **node.connection_kwargs)
            line = self._lines[node.name] = Line(make_connection, self._limits)
        return line

    async def _look(self, last: ClusterNode | None = None) -> None:
        """Look at the topology, all who want to at once. Raises ``RedisClusterException``.

        Any node can tell it; ``last`` is asked last, for it may be the one that is silent.
        """
        looking, now = self._looking, asyncio.get_running_loop().time()
        if looking is None or (looking.done() and now >= self._good_until):
            looking = self._looking = asyncio.create_task(self._ask_the_nodes(last))
        await asyncio.shield(looking)

    async def _ask_the_nodes(self, last: ClusterNode | None) -> None:
        nodes = self._redis.nodes_manager
        try:
            await nodes.initialize(last_failed_node_name=last.name if last else None)
            self._in_doubt = False
        except IndexError as error:  # redis-py takes the first primary that there is
            raise RedisClusterException("no node has a slot") from error
        finally:
            self._good_until = asyncio.get_running_loop().time() + LOOK_SECONDS
            await nodes.aclose("startup_nodes")
