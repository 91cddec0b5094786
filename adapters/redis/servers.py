"""How things stand with each Redis that decides: its memory, and who copies it."""

import asyncio
from collections.abc import Mapping, Sequence

from attrs import frozen

from adapters.redis.info import facts_of
from adapters.redis.link import RedisLink
from application.metrics_ports import StoreServer, StoreServers
from application.ports import StoreUnavailable


@frozen
class RedisServers(StoreServers):
    """Asks by INFO, which a user may be forbidden. ``where`` names a Redis that is alone."""

    link: RedisLink
    where: str

    async def look(self) -> Sequence[StoreServer]:
        # Before version 7.0 INFO tells one section at a time, or everything.
        told = await asyncio.gather(
            self.link.ask_each("INFO", "memory"), self.link.ask_each("INFO", "replication")
        )
        memory, replication = told
        return [
            _server(name or self.where, {**facts_of(info), **facts_of(replication[name])})
            for name, info in memory.items()
            if name in replication
        ]


def _server(name: str, facts: Mapping[str, str]) -> StoreServer:
    try:
        return StoreServer(
            name=name,
            memory_bytes=int(facts["used_memory"]),
            memory_limit_bytes=int(facts["maxmemory"]),
            is_primary=facts["role"] == "master",
            replicas=int(facts.get("connected_slaves", 0)),
        )
    except (KeyError, ValueError) as error:
        raise StoreUnavailable("INFO leaves out what was asked for") from error
