"""How a connection ends: with an answer that its caller gets to read."""

import asyncio
from enum import Enum
from time import monotonic

from entrypoints.http.request_size import MOST_DISCARDED_BYTES
from entrypoints.http.transport.outlet import Outlet
from entrypoints.http.transport.peer import Peer
from entrypoints.http.transport.refusals import Refusal, Refusals

READ_SECONDS = 10.0
"""How long a caller has to read the last answer of a connection that is being closed."""
LINGER_SECONDS = 2.0
NEVER = float("inf")


class Phase(Enum):
    """What a connection waits for."""

    HEAD = "the head of a request"
    APPLICATION = "the application, before it takes more of a request"
    BODY = "the body of a request"
    ANSWER = "the application's answer"
    LINGER = "the caller, who has his answer, to stop sending"
    CLOSED = "nothing"


# To look one up in its class takes time at each turn.
HEAD, APPLICATION, BODY = Phase.HEAD, Phase.APPLICATION, Phase.BODY
ANSWER, LINGER, CLOSED = Phase.ANSWER, Phase.LINGER, Phase.CLOSED


class Ending(Outlet):
    """A connection that can be ended while its caller is still sending."""

    def __init__(self, loop: asyncio.AbstractEventLoop, peer: Peer, refusals: Refusals) -> None:
        super().__init__(loop, peer)
        self.deadline = NEVER
        self._refusals = refusals
        self._phase = HEAD
        self._buffer = b""
        self._reads = True
        self._ended = False
        """Whether the caller has said that he will send no more."""
        self._discarded = 0

    def _say_farewell(self, refusal: Refusal, asked: bytes) -> None:
        """Refuse what has been asked, and close."""
        self._transport.write(self._refusals.answer(refusal, asked))
        self._end(linger=True)

    def _end(self, *, linger: bool) -> None:
        """Close the connection, ``linger`` where the caller may still be sending.

        To him it would be a reset, and the answer lost; so he gets a moment to read it.
        """
        self._buffer = b""
        if linger and not self._ended:
            self._phase, self.deadline = LINGER, monotonic() + LINGER_SECONDS
            self._read_on()
            if self._can_end:
                self._transport.write_eof()
        else:
            self._phase, self.deadline = CLOSED, monotonic() + READ_SECONDS
            self._transport.close()

    def _discard(self) -> None:
        self._discarded += len(self._buffer)
        self._buffer = b""
        if self._discarded > MOST_DISCARDED_BYTES:
            self.drop()

    def _read_on(self) -> None:
        if not self._reads:
            self._reads = True
            self._transport.resume_reading()
