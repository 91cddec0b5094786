"""A small load balancer: it follows /readyz and sends new requests to who is ready."""

import asyncio
import itertools
from collections.abc import Sequence

from tests.faults.line import Line

PERIOD = 0.05  # seconds between two looks at a server


class Balancer:
    """``watch`` it in a task of its own, and ``pick`` a server for each request."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._ready = dict.fromkeys(urls, True)
        self._turns = itertools.count()

    def is_ready(self, url: str) -> bool:
        return self._ready[url]

    def pick(self) -> str:
        ready = [url for url, is_ready in self._ready.items() if is_ready]
        assert ready, "no server is ready"
        return ready[next(self._turns) % len(ready)]

    async def watch(self) -> None:
        await asyncio.gather(*(self._follow(url) for url in self._ready))

    async def _follow(self, url: str) -> None:
        while True:
            self._ready[url] = await _answers_ready(url)
            await asyncio.sleep(PERIOD)


async def _answers_ready(url: str) -> bool:
    try:
        line = await Line.open(url)
        try:
            return (await line.ask("GET", "/readyz")).status == 200
        finally:
            line.close()
    except (OSError, asyncio.IncompleteReadError):
        return False
