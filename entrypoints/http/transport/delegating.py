"""What the application's delegate makes of a request."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from tornado.httputil import HTTPInputError, HTTPMessageDelegate
from tornado.log import app_log

from entrypoints.http.transport.ending import Ending
from entrypoints.http.transport.exchange import Exchange
from entrypoints.http.transport.peer import Peer
from entrypoints.http.transport.refusals import Refusal, Refusals


class Delegating(Ending):
    """A connection that passes a request on to Tornado's delegate, and bears what it does.

    The ``Exchange`` writes what the delegate answers. Both are there while a request is.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, peer: Peer, refusals: Refusals) -> None:
        super().__init__(loop, peer, refusals)
        self._exchange: Exchange | None = None
        self._delegate: HTTPMessageDelegate | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a request is being taken or answered."""
        return self._exchange is not None

    def drop(self) -> None:
        if self._exchange is not None:
            self._exchange.over = True  # what is written from now on has nowhere to go
        super().drop()

    def _when_taken(
        self,
        waiting: Awaitable[None] | None,
        exchange: Exchange,
        go_on: Callable[[Exchange], None],
    ) -> None:
        """Go on when the application has taken what it was given."""
        if waiting is not None:
            future = asyncio.ensure_future(waiting)
            future.add_done_callback(partial(self._taken, exchange, go_on))
        elif exchange is self._exchange and not exchange.finished:
            go_on(exchange)

    def _taken(
        self,
        exchange: Exchange,
        go_on: Callable[[Exchange], None],
        future: "asyncio.Future[None]",
    ) -> None:
        error = asyncio.CancelledError() if future.cancelled() else future.exception()
        if error is None:
            self._when_taken(None, exchange, go_on)
        elif exchange is self._exchange and not exchange.finished:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if isinstance(error, HTTPInputError):
            self._refuse(Refusal.MALFORMED)
        else:
            app_log.error("Uncaught exception", exc_info=error)
            self.drop()

    def _try(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:  # noqa: BLE001 the same
            app_log.exception("Uncaught exception")

    def _let_go(self) -> HTTPMessageDelegate | None:
        """Be done with an exchange: what is written to it goes nowhere from now on."""
        if self._exchange is not None:
            self._exchange.over = True
        delegate, self._exchange, self._delegate = self._delegate, None, None
        return delegate

    def _refuse(self, refusal: Refusal) -> None:
        """Answer in the application's stead, and close the connection."""
        exchange, delegate = self._exchange, self._let_go()
        if delegate is not None:
            self._loop.call_soon(self._try, delegate.on_connection_close)
        if exchange is not None and exchange.began:
            self.drop()
            return
        self._say_farewell(refusal, exchange.language_line if exchange else self._buffer)
