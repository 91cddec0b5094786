"""One connection to Redis, on which many commands are under way at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import hiredis
from redis.asyncio.connection import DefaultParser
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, ReadOnlyError, RedisError

from adapters.redis.askers import Askers

Connect = Callable[[asyncio.Protocol], Awaitable[asyncio.WriteTransport]]

GRACE_SECONDS = 0.002
"""An event loop that was busy for long reads what has come before it judges who is late."""

_NOTHING_YET = object()


class Pipeline(asyncio.Protocol):
    """Sends what is asked during one pass of the event loop in one write; answers in order.

    It connects when it is made, and who waits for that waits for his answer. Nothing is ever
    sent again: what is lost with the connection fails, all of it at once.

    An answer that is overdue fails its asker and *retires* the connection: it takes no new
    commands, those that it has go on waiting, each for its own time, and with the last of them
    it is closed.

    A Redis that does not read is written to no more (``pause_writing``). What is kept for it is
    bounded: by the patience, after which all of it is dropped, and by how many commands the
    line lets wait, each no larger than a request may be.
    """

    def __init__(self, connect: Connect, patience: float) -> None:
        self._loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[None] = self._loop.create_future()
        self.retired = False
        self._askers = Askers(self._loop, patience)
        self.waiting = self._askers.waiting
        self._looked_again = False
        self._timer: asyncio.TimerHandle | None = None
        self._unsent: list[bytes] = []
        self._paused = False
        self._reader = hiredis.Reader(
            protocolError=InvalidResponse,
            replyError=DefaultParser.parse_error,
            notEnoughData=_NOTHING_YET,
        )
        self._connect = connect  # kept: what connected may hold on to what the transport needs
        self._transport: asyncio.WriteTransport | None = None
        self._connecting = self._loop.create_task(self._open())
        self._connecting.add_done_callback(self._connected)

    def send(self, command: bytes) -> asyncio.Future[Any]:
        """Send a packed command. Its answer may be an error: Redis's, or why there is none."""
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent.append(command)
        answer = self._askers.add()
        if self._timer is None:
            self._wait_for_the_next_deadline()
        return answer

    def retire(self) -> None:
        """Take no new commands, and close as soon as nobody waits any longer."""
        self.retired = True
        if not self.waiting:
            self.end(RedisConnectionError("retired"))

    def end(self, problem: Exception) -> None:
        """Close at once. All who wait are told the problem; ``gone`` is when it is closed."""
        self.retired = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._askers.fail(problem)
        self._connecting.cancel()
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail all who wait. Whether Redis has done what they asked, nobody knows."""
        self._transport = None
        problem = RedisConnectionError("connection lost")
        problem.__cause__ = exc
        self.end(problem)
        if not self.gone.done():
            self.gone.set_result(None)

    def pause_writing(self) -> None:
        """Keep what is to be sent."""
        self._paused = True

    def resume_writing(self) -> None:
        """Send what was kept."""
        self._paused = False
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Answer those who have waited longest."""
        self._reader.feed(data)
        try:
            while (answer := self._reader.gets()) is not _NOTHING_YET:
                if isinstance(answer, RedisError):
                    self._look_at(answer)
                if not self._askers.answer(answer):
                    # Redis says so of its own accord when it has too many clients, and hangs up.
                    self.end(InvalidResponse("an answer that nobody has asked for"))
        except (InvalidResponse, ValueError) as error:  # the latter for a MOVED to nowhere
            problem = InvalidResponse("not an answer as Redis gives them")
            problem.__cause__ = error
            self.end(problem)
        if self.retired and not self.waiting:
            self.retire()

    def _look_at(self, problem: RedisError) -> None:
        # After a failover a name or a Sentinel tells another address, but only who connects anew
        # asks for it. So does who is to give a password by now.
        if isinstance(problem, RedisConnectionError) or is_of_a_replica(problem):
            self.retired = True

    async def _open(self) -> asyncio.WriteTransport:
        return await self._connect(self)

    def _connected(self, connecting: "asyncio.Task[asyncio.WriteTransport]") -> None:
        problem = None if connecting.cancelled() else connecting.exception()
        if connecting.cancelled() or problem is not None:
            if isinstance(problem, Exception):
                self.end(problem)
            self.gone.set_result(None)
        elif self.retired and not self.waiting:  # it was ended, or lost, in the meantime
            connecting.result().abort()
        else:
            self._transport = connecting.result()
            self._flush()

    def _flush(self) -> None:
        if self._transport is not None and self._unsent and not self._paused:
            unsent, self._unsent = self._unsent, []
            self._transport.write(b"".join(unsent))

    def _look_at_the_clock(self) -> None:
        now = self._loop.time()
        late = bool(self.waiting) and self._askers.next_deadline <= now
        if late and not self._looked_again:
            self._looked_again = True
            self._timer = self._loop.call_later(GRACE_SECONDS, self._look_at_the_clock)
            return
        self._looked_again = False
        self._timer = None
        if late and self._transport is None:
            self.end(TimeoutError("no connection in time"))
        elif late:
            self._askers.give_up_the_overdue(now)
            self.retire()
        if self.waiting:
            self._wait_for_the_next_deadline()

    def _wait_for_the_next_deadline(self) -> None:
        deadline = self._askers.next_deadline
        self._timer = self._loop.call_at(deadline, self._look_at_the_clock)


def is_of_a_replica(answer: object) -> bool:
    """Tell whether it was a replica that refused to write."""
    # Before 7.0 a script's error begins otherwise and has this in its middle.
    return isinstance(answer, RedisError) and (
        isinstance(answer, ReadOnlyError) or "READONLY" in str(answer)
    )
