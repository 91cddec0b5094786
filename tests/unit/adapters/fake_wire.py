"""A connection in memory: what is written to it is kept, and a test says what comes back."""

import asyncio

import hiredis

from adapters.redis.pipeline import Pipeline

PATIENCE = 10.0


class FakeWire(asyncio.Transport):
    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self.protocol = protocol
        self.writes: list[bytes] = []
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.aborted
        self.writes.append(bytes(data))

    def abort(self) -> None:
        if not self.aborted:
            self.aborted = True
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    def answer(self, data: bytes) -> None:
        self.protocol.data_received(data)

    def lose(self, reason: Exception | None = None) -> None:
        self.aborted = True
        self.protocol.connection_lost(reason)


class Exchange:
    """A pipeline and its wire, which is there when ``connect`` says so."""

    def __init__(self) -> None:
        self._connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._wires: list[FakeWire] = []
        self.pipeline = Pipeline(self._connect, PATIENCE)

    @classmethod
    async def begin(cls) -> "Exchange":
        exchange = cls()
        await exchange.connect()
        return exchange

    @property
    def wire(self) -> FakeWire:
        (wire,) = self._wires
        return wire

    async def connect(self) -> None:
        self._connected.set_result(None)
        while self.pipeline._transport is None:  # noqa: ASYNC110 nothing tells
            await asyncio.sleep(0)

    def refuse(self, reason: BaseException) -> None:
        self._connected.set_exception(reason)

    def ask(self, *words: str) -> asyncio.Future[object]:
        return self.pipeline.send(packed(*words))

    async def _connect(self, protocol: asyncio.Protocol) -> FakeWire:
        await self._connected
        self._wires.append(FakeWire(protocol))
        return self._wires[-1]


def packed(*words: str) -> bytes:
    # hiredis says "a tuple of one word" and means of any number.
    command: bytes = hiredis.pack_command(words)  # type: ignore[arg-type]
    return command
