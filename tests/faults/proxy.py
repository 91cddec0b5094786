"""A TCP proxy between framegate and Redis that can be told to misbehave."""

import asyncio
import threading
from enum import Enum
from typing import Self

from tests.support.redis_server import free_port


class Fault(Enum):
    NONE = "passes everything on"
    LOSE_REPLIES = "passes requests on and closes the connection instead of answering"
    HOLD_REPLIES = "passes requests on and keeps the answers until the fault ends"


class FaultyProxy:
    """Runs in a thread of its own. ``seen`` is every byte that was sent to Redis through it,
    ``held`` counts the answers that were kept back."""

    def __init__(self, upstream_port: int) -> None:
        self.port = free_port()
        self.fault = Fault.NONE
        self.seen = b""
        self.held = 0
        self._upstream_port = upstream_port
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._released = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def release(self) -> None:
        """End the fault; answers that were held back are delivered now."""
        self.fault = Fault.NONE
        self._loop.call_soon_threadsafe(self._released.set)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self._started.set()
        await self._stop.wait()
        server.close()

    async def _connect(
        self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter
    ) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._upstream_port)
        requests = asyncio.create_task(self._pass_requests(client_reader, writer))
        try:
            await self._pass_replies(reader, client_writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            requests.cancel()
            client_writer.close()
            writer.close()

    async def _pass_requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(65536):
            self.seen += data
            writer.write(data)
        writer.close()

    async def _pass_replies(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(65536):
            if self.fault is Fault.LOSE_REPLIES:
                return
            if self.fault is Fault.HOLD_REPLIES:
                self.held += 1
                await self._released.wait()
            writer.write(data)
