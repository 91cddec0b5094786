"""All that is said to one server, over one connection at a time."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import hiredis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError

from adapters.redis.address import RedisLimits
from adapters.redis.carrier import Carrier, Crowded, Word
from adapters.redis.connector import Connector
from adapters.redis.pipeline import Pipeline


class Line(Carrier):
    """Connects when there is something to send and no connection that takes it.

    All that comes while it connects waits for the same try. ``make_connection`` gives a
    connection of redis-py's that has not connected yet.
    """

    def __init__(
        self, make_connection: Callable[[], AbstractConnection], limits: RedisLimits
    ) -> None:
        self._make_connection = make_connection
        self._patience = limits.timeout_seconds
        self._most = limits.in_flight
        self._latest: Pipeline | None = None
        self._open: set[Pipeline] = set()

    @property
    def in_cluster(self) -> bool:
        return False

    @property
    def is_up(self) -> bool:
        """Whether there is a connection, or a try at one, that takes what is sent."""
        return self._latest is not None and not self._latest.retired

    def send(self, key: bytes, *command: Word) -> asyncio.Future[Any]:
        del key
        # hiredis says "a tuple of one word" and means of any number.
        packed = hiredis.pack_command(command)  # type: ignore[arg-type]
        pipeline = self._latest
        if pipeline is None or pipeline.retired:
            pipeline = self._connect()
        # Most of the time there is one, and to ask each would cost more than to send.
        waiting = len(pipeline.waiting) if len(self._open) == 1 else self._waiting()
        if waiting >= self._most:
            raise Crowded
        return pipeline.send(packed)

    async def send_each(self, *command: Word) -> Mapping[str, Any]:
        return {"": await self.send(b"", *command)}

    def server_of(self, key: bytes) -> str:
        del key
        return ""

    async def close(self) -> None:
        closing = list(self._open)
        for pipeline in closing:
            pipeline.end(RedisConnectionError("closed"))
        await asyncio.gather(*(pipeline.gone for pipeline in closing))

    def _connect(self) -> Pipeline:
        pipeline = Pipeline(Connector(self._make_connection()), self._patience)
        self._latest = pipeline
        self._open.add(pipeline)
        pipeline.gone.add_done_callback(lambda _: self._open.discard(pipeline))
        return pipeline

    def _waiting(self) -> int:
        return sum(len(pipeline.waiting) for pipeline in self._open)
