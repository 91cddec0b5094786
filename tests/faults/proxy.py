"""A TCP proxy between framegate and Redis that can be told to misbehave."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Self
from weakref import WeakSet

from tests.faults.fault import Fault
from tests.faults.passage import Passage
from tests.support.redis_server import free_port


class FaultyProxy:
    """Runs in a thread of its own and does what ``fault`` says.

    ``seen`` is every byte that was sent to Redis through it, ``answered`` every byte that
    came back; a test may empty both. ``held`` counts the replies that were kept back,
    ``cuts`` the connections it cut, ``connections`` those ever made to it and ``open`` those
    that are open now.
    """

    def __init__(self, upstream_port: int) -> None:
        self.port = free_port()
        self.seen = b""
        self.answered = b""
        self.held = 0
        self.cuts = 0
        self.connections = 0
        self.fault_ended = asyncio.Event()
        self._fault = Fault.NONE
        self._upstream_port = upstream_port
        self._passages: set[Passage] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers = WeakSet[asyncio.StreamWriter]()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def open(self) -> int:
        return len(self._passages)

    @property
    def fault(self) -> Fault:
        return self._fault

    @fault.setter
    def fault(self, fault: Fault) -> None:
        """Begin a fault; it has begun when this returns."""
        self._do(self._begin(fault))

    def release(self) -> None:
        """End the fault; replies that were held back are delivered now."""
        self.fault = Fault.NONE

    def reset_all(self) -> None:
        """Reset every connection that is open."""
        self._do(self._reset_all())

    def _do(self, task: Coroutine[object, object, None]) -> None:
        asyncio.run_coroutine_threadsafe(task, self._loop).result(60)

    async def _begin(self, fault: Fault) -> None:
        self._fault = fault
        self.fault_ended.set()
        self.fault_ended = asyncio.Event()
        if fault.refuse:
            await self._hang_up()
        else:
            await self._listen()

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _hang_up(self) -> None:
        if self._server is not None:
            # Who was let in gets his connection first: of a closed server he would get half of it.
            for listener in self._server.sockets:
                self._loop.remove_reader(listener.fileno())
            await _turn()
            self._server.close()
            self._server = None

    async def _reset_all(self) -> None:
        for passage in list(self._passages):
            passage.cut(reset=True)

    async def _close(self) -> None:
        await self._hang_up()
        await self._reset_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # A task that is cancelled before its first step has closed nothing.
        for writer in self._writers:
            writer.transport.abort()
        await _turn()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        task = self._loop.create_task(self._connect(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        passage = Passage(self, reader, writer)
        self._passages.add(passage)
        try:
            with contextlib.suppress(OSError):
                await passage.run(self._upstream_port)
        finally:
            self._passages.discard(passage)
            passage.close()


async def _turn() -> None:
    """Let the loop do what is due."""
    for _ in range(5):
        await asyncio.sleep(0)
