"""A carrier that has its answers ready."""

import asyncio
from collections.abc import Mapping

from adapters.redis.carrier import Carrier, Word

SILENCE = object()


class Answering(Carrier):
    """Answers with what it is given, the last of it for ever."""

    def __init__(self, *answers: object, in_cluster: bool = False) -> None:
        self._answers = list(answers)
        self._in_cluster = in_cluster
        self.sent: list[tuple[bytes, tuple[Word, ...]]] = []

    @property
    def in_cluster(self) -> bool:
        return self._in_cluster

    async def send(self, key: bytes, *command: Word) -> object:
        self.sent.append((key, command))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if answer is SILENCE:
            await asyncio.get_running_loop().create_future()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def send_each(self, *command: Word) -> Mapping[str, object]:
        return {"one": await self.send(b"", *command)}

    def server_of(self, key: bytes) -> str:
        return key.decode()

    async def close(self) -> None:
        pass
