"""One connection through the proxy: a pump each way, which asks for the fault of the moment."""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Protocol

from tests.faults.fault import Fault, Harm

# On, for 0 seconds: closing sends RST at once and forgets what is still to be sent.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)

MOST_REMEMBERED_BYTES = 4096


class Situation(Protocol):
    """What passages share: the fault of the moment, and what has been seen so far."""

    fault_ended: asyncio.Event
    seen: bytes
    answered: bytes
    held: int
    cuts: int

    @property
    def fault(self) -> Fault:
        """The fault of the moment."""


class Passage:
    """A client's connection and its counterpart to Redis."""

    def __init__(
        self, situation: Situation, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._situation = situation
        self._client_reader = reader
        self._client_writer = writer
        self._redis_writer: asyncio.StreamWriter | None = None
        self._sent = b""

    async def run(self, upstream_port: int) -> None:
        """Pass bytes on until one side ends or the passage is cut."""
        redis_reader, redis_writer = await asyncio.open_connection("127.0.0.1", upstream_port)
        self._redis_writer = redis_writer
        pumps = [
            asyncio.create_task(
                self._pump(self._client_reader, redis_writer, lambda fault: fault.requests)
            ),
            asyncio.create_task(
                self._pump(redis_reader, self._client_writer, lambda fault: fault.replies)
            ),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    def cut(self, *, reset: bool) -> None:
        """End the client's side, with a reset where asked; what Redis was sent arrives."""
        if self._client_writer.is_closing():
            return
        self._situation.cuts += 1
        if reset:
            wire = self._client_writer.get_extra_info("socket")
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.close()

    def close(self) -> None:
        self._client_writer.close()
        if self._redis_writer is not None:
            self._redis_writer.close()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        harm_of: Callable[[Fault], Harm],
    ) -> None:
        counted_for, passed = self._situation.fault, 0
        while data := await reader.read(65536):
            fault = self._situation.fault
            if fault is not counted_for:
                counted_for, passed = fault, 0
            if writer is self._redis_writer:
                self._sent = (self._sent + data)[-MOST_REMEMBERED_BYTES:]
            harm = harm_of(fault) if fault.only_with in self._sent else Harm()
            if harm.hold:
                self._situation.held += 1
                await self._situation.fault_ended.wait()
            await asyncio.sleep(harm.delay)
            if harm.drop:
                continue
            part = data if harm.cut_at is None else data[: harm.cut_at - passed]
            if writer is self._redis_writer:
                self._situation.seen += part
            else:
                self._situation.answered += part
            writer.write(part)
            passed += len(part)
            if passed == harm.cut_at:
                await writer.drain()
                self.cut(reset=fault.reset)
                return
