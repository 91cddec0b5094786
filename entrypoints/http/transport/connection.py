"""One connection: reads a request, has it answered, and only then reads the next one."""

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from entrypoints.http.limits import HEAD_BUFFER_BYTES
from entrypoints.http.transport.body import Body, ChunkedBody, SizedBody
from entrypoints.http.transport.delegating import Delegating
from entrypoints.http.transport.ending import (
    ANSWER,
    APPLICATION,
    BODY,
    CLOSED,
    HEAD,
    LINGER,
    NEVER,
)
from entrypoints.http.transport.exchange import Exchange
from entrypoints.http.transport.fields import CHUNKED, MalformedError
from entrypoints.http.transport.peer import Peer
from entrypoints.http.transport.refusals import Refusal, too_long

if TYPE_CHECKING:
    from entrypoints.http.transport.server import FastServer

READ_AHEAD_BYTES = 64 * 1024
"""How much of later requests is read while one is being answered."""

_END = b"\r\n\r\n"


class Connection(Delegating):
    """Cuts what comes into requests, and begins with the next when one has been answered."""

    def __init__(self, server: "FastServer", loop: asyncio.AbstractEventLoop, peer: Peer) -> None:
        super().__init__(loop, peer, server.refusals)
        self._server = server
        self._body: Body = SizedBody(0)

    @property
    def is_retired(self) -> bool:
        """Whether the connection is to close after the next answer."""
        return self._server.is_retired

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.deadline = monotonic() + self._server.limits.first_request
        self._server.on_open(self)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if self._phase is HEAD:
            self._read_head()
        elif self._phase is BODY:
            self._read_body()
        elif self._phase is LINGER:
            self._discard()
        elif self._reads and len(self._buffer) > READ_AHEAD_BYTES:
            self._reads = False
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        self._ended = True
        if self._phase is ANSWER and self._exchange is not None:
            # He may have gone or may only have nothing more to ask: both look the same. The
            # application hears that he has gone, and if it answers, he is answered.
            self._try(self._exchange.tell_closed)
        elif self._phase is HEAD and self._buffer:
            self._loop.call_soon(self._read_next)
        elif self._phase is not APPLICATION:
            return False
        return self._can_end

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._exchange is not None and self._exchange.finished:
            self._go_on(self._exchange)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._phase, self.deadline, self._buffer = CLOSED, NEVER, b""
        self._server.on_close(self)
        exchange, delegate = self._exchange, self._let_go()
        if exchange is not None and delegate is not None:
            took_all = exchange.request_was_taken
            self._try(exchange.tell_closed if took_all else delegate.on_connection_close)

    # Reading a request.

    def _read_next(self) -> None:
        if self._phase is HEAD:
            self._read_head()

    def _read_head(self) -> None:
        data = self._buffer
        end = data.find(_END) + len(_END)
        if not len(_END) <= end <= HEAD_BUFFER_BYTES:
            self._look_at_part_of_a_head(data)
            return
        try:
            head = self._server.heads.read(data[:end])
        except MalformedError:
            self._refuse(Refusal.MALFORMED)
            return
        self._buffer = data[end:]
        if not self._reads and len(self._buffer) <= READ_AHEAD_BYTES:
            self._read_on()
        self._phase, self.deadline = APPLICATION, NEVER
        self._exchange = exchange = Exchange(self, head, self._server.most_body_bytes)
        self._delegate = delegate = self._server.start_request(self, exchange)
        try:
            waiting = delegate.headers_received(head.start_line, head.headers)
        except Exception as error:  # noqa: BLE001 the application's, and not this connection's
            self._fail(error)
        else:
            self._when_taken(waiting, exchange, self._after_head)

    def _look_at_part_of_a_head(self, data: bytes) -> None:
        if len(data) > HEAD_BUFFER_BYTES:
            self._refuse(too_long(data[:HEAD_BUFFER_BYTES]))
        elif data.count(b"\n") != data.count(b"\r\n"):
            self._refuse(Refusal.MALFORMED)  # lines that end otherwise are not going to end
        elif self._ended:
            self._transport.close()
        else:
            self._read_on()

    def _after_head(self, exchange: Exchange) -> None:
        length = exchange.head.length
        if not length:
            self._end_request(exchange)
        elif length > exchange.most_body_bytes:
            self._refuse(Refusal.BODY_TOO_LARGE)
        else:
            self._body = ChunkedBody() if length == CHUNKED else SizedBody(length)
            self._phase = BODY
            self.deadline = monotonic() + (exchange.body_seconds or self._server.limits.body)
            if not self._buffer and exchange.awaits_go_ahead:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._read_body()

    def _read_body(self) -> None:
        exchange, delegate, body = self._exchange, self._delegate, self._body
        if exchange is None or delegate is None:
            return
        try:
            content, self._buffer = body.take(self._buffer)
        except MalformedError:
            self._refuse(Refusal.MALFORMED)
            return
        if body.size > exchange.most_body_bytes:
            self._refuse(Refusal.BODY_TOO_LARGE)
        elif content:
            self._phase = APPLICATION
            try:
                waiting = delegate.data_received(content)
            except Exception as error:  # noqa: BLE001 the same
                self._fail(error)
            else:
                self._when_taken(waiting, exchange, self._after_content)
        elif body.over:
            self._end_request(exchange)
        elif self._ended:
            self._transport.close()
        else:
            self._read_on()

    def _after_content(self, exchange: Exchange) -> None:
        if self._body.over:
            self._end_request(exchange)
        else:
            self._phase = BODY
            self._read_body()

    def _end_request(self, exchange: Exchange) -> None:
        self._phase, self.deadline = ANSWER, NEVER
        exchange.request_is_whole = True
        try:
            if self._delegate is not None:
                self._delegate.finish()
        except Exception as error:  # noqa: BLE001 the same
            self._fail(error)
        else:
            exchange.request_was_taken = True
            if self._ended and exchange is self._exchange:
                self._try(exchange.tell_closed)

    # After the answer.

    def answered(self, exchange: Exchange) -> None:
        """Go on to the next request, once the answer has left."""
        if self._keeps_up and exchange is self._exchange and not exchange.over:
            self._go_on(exchange)

    def _go_on(self, exchange: Exchange) -> None:
        delegate = self._let_go()
        if self._phase is not ANSWER and delegate is not None:
            # It was answered early, and hears no more of the request.
            self._loop.call_soon(self._try, delegate.on_connection_close)
        if not exchange.keeps_connection:
            self._end(linger=not exchange.request_is_whole or bool(self._buffer))
        else:
            self._phase = HEAD
            self.deadline = monotonic() + self._server.limits.keep_alive
            if self._buffer:
                self._loop.call_soon(self._read_next)  # others have their turn before
            elif self._ended:
                self._transport.close()
            else:
                self._read_on()
