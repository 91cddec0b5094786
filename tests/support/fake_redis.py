"""fakeredis in the place of a connection to Redis."""

from collections.abc import Awaitable, Mapping
from typing import Any

import fakeredis

from adapters.redis.carrier import Carrier, Word


class FakeCarrier(Carrier):
    def __init__(self) -> None:
        self._redis = fakeredis.FakeAsyncRedis(max_connections=256, protocol=2)
        # framegate's own connection gives answers as they are.
        self._redis.response_callbacks.clear()

    @property
    def in_cluster(self) -> bool:
        return False

    def send(self, key: bytes, *command: Word) -> Awaitable[Any]:
        del key
        answer: Awaitable[Any] = self._redis.execute_command(*command)  # type: ignore[no-untyped-call] # it has no types
        return answer

    async def send_each(self, *command: Word) -> Mapping[str, Any]:
        return {"": await self.send(b"", *command)}

    def server_of(self, key: bytes) -> str:
        del key
        return ""

    async def close(self) -> None:
        await self._redis.aclose()
