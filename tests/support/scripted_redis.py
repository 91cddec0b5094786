"""A server in the test's own event loop that answers each command as the test says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import hiredis

from adapters.redis.address import RedisAddress

Command = tuple[bytes, ...]
Say = Callable[[Command], bytes | None]


class ScriptedRedis:
    """``say`` gives the bytes to answer with, nothing (b"") for none, None to hang up.

    ``pieces`` is what arrived on all connections, a list of commands for each time that
    something did; ``connections`` is how many were made, ``lines`` are those that are open.
    """

    def __init__(self, say: Say) -> None:
        self.say = say
        self.greeting: bytes | None = None  # what it says before it hangs up on whoever comes
        self.pieces: list[list[Command]] = []
        self.connections = 0
        self.deaf = False  # whether it reads nothing on connections made from now on
        self.lines: set[asyncio.Transport] = set()
        self.port = 0

    @property
    def address(self) -> RedisAddress:
        return RedisAddress(host="127.0.0.1", port=self.port)

    @property
    def commands(self) -> list[Command]:
        return [command for piece in self.pieces for command in piece]

    def speak(self, said: bytes) -> None:
        """Say it to all who are connected."""
        for line in self.lines:
            line.write(said)

    def hang_up(self) -> None:
        for line in list(self.lines):
            line.abort()


class _Line(asyncio.Protocol):
    def __init__(self, server: ScriptedRedis) -> None:
        self._server = server
        self._reader = hiredis.Reader()

    def connection_made(self, transport: Any) -> None:
        self._server.connections += 1
        self._transport = transport
        self._server.lines.add(transport)
        if self._server.deaf:
            transport.pause_reading()
        if self._server.greeting is not None:
            transport.write(self._server.greeting)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._server.lines.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        piece: list[Command] = []
        while (words := self._reader.gets()) is not False:
            piece.append(tuple(words))
        self._server.pieces.append(piece)
        for command in piece:
            said = self._server.say(command)
            if said is None:
                self._transport.abort()
                return
            self._transport.write(said)


def resp(value: object) -> bytes:
    """Put it as Redis would: lists, numbers, text; an error is an ``Exception``."""
    if isinstance(value, list):
        return b"*%d\r\n" % len(value) + b"".join(map(resp, value))
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, Exception):
        return f"-{value}\r\n".encode()
    text = str(value).encode()
    return b"$%d\r\n%b\r\n" % (len(text), text)


@asynccontextmanager
async def scripted_redis(say: Say) -> AsyncIterator[ScriptedRedis]:
    scripted = ScriptedRedis(say)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Line(scripted), "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        server.close()
        scripted.hang_up()
        await server.wait_closed()
