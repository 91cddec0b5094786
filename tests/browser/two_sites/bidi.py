"""A client of WebDriver BiDi (W3C): commands and events as JSON over one WebSocket."""

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeVar

from tornado.websocket import WebSocketClientConnection, websocket_connect

LONGEST_SECONDS = 60
MOST_BYTES = 64 << 20  # screenshots

T = TypeVar("T")


class BidiError(Exception):
    """The browser refused a command, or has gone; the specification's error code comes first."""


class Bidi:
    """One session. Commands wait for their results; ``events`` are those told meanwhile."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.events: list[dict[str, Any]] = []
        self._loop = loop
        self._ids = count(1)
        self._socket: WebSocketClientConnection

    def open(self, url: str) -> None:
        self._socket = self._done(_connect(url))
        self.call("session.new", capabilities={})

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Have the browser do it and return what it says. Raises ``BidiError``."""
        return self._done(self._call(method, parameters))

    def close(self) -> None:
        """End the session, and the browser with it."""
        self.call("browser.close")
        self._done(_close(self._socket))

    async def _call(self, method: str, parameters: dict[str, object]) -> dict[str, Any]:
        number = next(self._ids)
        command = {"id": number, "method": method, "params": parameters}
        await self._socket.write_message(json.dumps(command))
        while True:
            told = await self._socket.read_message()
            if told is None:
                raise BidiError("connection lost", method)
            message = json.loads(told)
            if message["type"] == "event":
                self.events.append(message)
            elif message["id"] == number:
                if message["type"] == "error":
                    raise BidiError(message["error"], message["message"])
                return dict(message["result"])

    def _done(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST_SECONDS)


async def _connect(url: str) -> WebSocketClientConnection:
    return await websocket_connect(url, max_message_size=MOST_BYTES)


async def _close(socket: WebSocketClientConnection) -> None:
    socket.close()
    while await socket.read_message() is not None:
        pass  # of what was told before the end


@contextmanager
def connected(url: str) -> Iterator[Bidi]:
    """Open a session at this address, and end it and its browser.

    Its event loop has a thread of its own: playwright's runs in the tests'.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    bidi = Bidi(loop)
    try:
        bidi.open(url)
        yield bidi
        bidi.close()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
