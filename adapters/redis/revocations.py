"""What is told of revocations, and how a worker hears it."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing, suppress
from typing import Protocol

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from adapters.redis.packed import digests_in
from domain.session_id import Digest

CHANNEL = "fg:revoked"

QUIET_SECONDS = 5.0
"""After so long without a word Redis is asked for a sign of life, and has as long to give it."""

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 5.0

PROBLEMS = (RedisError, OSError)


class Forget(Protocol):
    """Drops what is kept of these sessions, of all of a client's, or of everybody's."""

    def __call__(
        self, client: str | None = None, sessions: Collection[Digest] | None = None
    ) -> None:
        """Drop it."""


class Revocations:
    """Hears of revocations from ``start`` to ``close``, and has ``forget`` called for each.

    Nothing depends on it but how soon a revocation is seen. When Redis is ``lost``, which is
    told once and why, it is tried again after a pause that doubles up to five seconds; each is
    shortened by chance, so that many workers do not come back in step. What was told meanwhile
    nobody knows: when it is ``back``, which is told once as well, everything is forgotten.
    """

    def __init__(
        self,
        make_connection: Callable[[], AbstractConnection],
        forget: Forget,
        lost: Callable[[str], None],
        back: Callable[[], None],
        chance: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._make_connection = make_connection
        self._forget = forget
        self._lost = lost
        self._back = back
        self._chance = chance
        self._pause = FIRST_PAUSE_SECONDS
        self._is_lost = False
        self._hearing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen, in the event loop that runs."""
        self._hearing = asyncio.get_running_loop().create_task(self._hear_for_ever())

    async def close(self) -> None:
        """Listen no longer."""
        if self._hearing is not None:
            self._hearing.cancel()
            with suppress(asyncio.CancelledError):
                await self._hearing

    async def _hear_for_ever(self) -> None:
        while True:
            try:
                await self._hear()
            except PROBLEMS as problem:
                if not self._is_lost:
                    self._lost(type(problem).__name__)
                self._is_lost = True
            await asyncio.sleep(self._chance(self._pause / 2, self._pause))
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)

    async def _hear(self) -> None:
        async with aclosing(heard_on(self._make_connection())) as messages:
            async for message in messages:
                if message is None:
                    self._begin_anew()
                else:
                    self._forget(*read(message))

    def _begin_anew(self) -> None:
        self._forget()
        self._pause = FIRST_PAUSE_SECONDS
        if self._is_lost:
            self._is_lost = False
            self._back()


async def heard_on(
    connection: AbstractConnection, quiet_seconds: float = QUIET_SECONDS
) -> AsyncGenerator[bytes | None, None]:
    """Connect, and yield what is told of revocations; ``None`` as soon as that is heard.

    It ends with one of ``PROBLEMS`` only.
    """
    try:
        await connection.connect()  # type: ignore[no-untyped-call] # it has no types
        await connection.send_command("SUBSCRIBE", CHANNEL)
        awaited, is_heard = True, False
        while True:
            said = await connection.read_response(timeout=quiet_seconds)
            if said is None and awaited:
                raise TimeoutError("no sign of life")
            awaited = said is None
            if awaited:
                # Whoever listens already may ask to, and is answered: a question whether Redis
                # is there that takes no more permissions than to listen.
                await connection.send_command("SUBSCRIBE", CHANNEL)
            elif said[0] == b"message":
                yield bytes(said[2])
            elif not is_heard:
                is_heard = True
                yield None
    finally:
        await connection.disconnect()


def read(message: bytes) -> tuple[str, frozenset[Digest] | None]:
    """Return the client and the sessions that ``lua/tell.lua`` tells of, ``None`` for all."""
    client, _, raw = message.partition(b"\n")
    return client.decode(errors="replace"), frozenset(digests_in(raw)) or None
