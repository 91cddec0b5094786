"""One list of tests for both clients: the asynchronous one, waited for at each step."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from framegate_client import AsyncClient, Client

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
"""The machine may have a lot to do."""

Connect = Callable[..., Client]
"""Makes a client with the arguments of ``Client``."""


class Waiting:
    """An ``AsyncClient`` with the face of a ``Client``."""

    def __init__(self, runner: asyncio.Runner, client: AsyncClient) -> None:
        self._runner = runner
        self._client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(*arguments: Any, **options: Any) -> Any:
            come = method(*arguments, **options)
            if inspect.isasyncgen(come):
                return iter(self._runner.run(_all(come)))
            return self._runner.run(come)

        return call

    def __repr__(self) -> str:
        return repr(self._client)


async def _all(come: AsyncIterator[T]) -> list[T]:
    return [one async for one in come]


@contextmanager
def connecting(kind: str) -> Iterator[Connect]:
    """Make clients of a kind, ``sync`` or ``async``, that are closed at the end."""
    if kind == "sync":
        made: list[Client] = []

        def connect(*arguments: Any, **options: Any) -> Client:
            made.append(Client(*arguments, **{"timeout_seconds": PATIENCE_SECONDS, **options}))
            return made[-1]

        yield connect
        for client in made:
            client.close()
        return
    with asyncio.Runner() as runner:
        waited: list[AsyncClient] = []

        def connect_waiting(*arguments: Any, **options: Any) -> Client:
            waited.append(
                AsyncClient(*arguments, **{"timeout_seconds": PATIENCE_SECONDS, **options})
            )
            return cast("Client", Waiting(runner, waited[-1]))

        yield connect_waiting
        for one in waited:
            runner.run(one.aclose())
