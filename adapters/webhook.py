"""Alerts, posted to where an operator has them received."""

import asyncio
import base64
import hashlib
import hmac
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson
from attrs import Factory, define, field, frozen
from tornado.httpclient import HTTPError, HTTPRequest
from tornado.iostream import IOStream
from tornado.simple_httpclient import (
    HTTPStreamClosedError,
    HTTPTimeoutError,
    SimpleAsyncHTTPClient,
)
from tornado.tcpclient import TCPClient

from application.alert_ports import AlertSink
from application.ports import Clock, Randomness
from domain.alerts import Notice

MOST_WAITING = 100
MOST_TRIES = 8
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
MOST_ANSWERED_BYTES = 64 * 1024
LAST_SECONDS = 0.5

Wait = Callable[[float], Awaitable[object]]


@frozen(kw_only=True)
class Receiver:
    """Who is told. ``key`` is the secret that both sides know, decoded."""

    url: str = field(repr=False)
    key: bytes = field(repr=False)

    def request(self, message: str, body: bytes, now_ms: int) -> HTTPRequest:
        """Sign a message as Standard Webhooks says (standardwebhooks.com, v1)."""
        seconds = str(now_ms // 1000)
        signed = b".".join((message.encode(), seconds.encode(), body))
        signature = base64.b64encode(hmac.digest(self.key, signed, hashlib.sha256)).decode()
        return HTTPRequest(
            self.url,
            method="POST",
            body=body,
            headers={
                "Content-Type": "application/json",
                "User-Agent": "framegate",
                "webhook-id": message,
                "webhook-timestamp": seconds,
                "webhook-signature": f"v1,{signature}",
            },
            connect_timeout=CONNECT_SECONDS,
            request_timeout=ANSWER_SECONDS,
            follow_redirects=False,
        )


@define
class Webhook(AlertSink):
    """Posts one notice after the other, and each until it is taken (2xx), up to eight times.

    Between tries it waits for a second, and then ever longer, up to a minute, each pause
    shortened by chance. What was not taken then, and what is more than may wait, is ``given_up``,
    which is told why. ``is_ours`` says whether no other server has the same to tell.
    """

    receiver: Receiver
    is_ours: Callable[[Notice], Awaitable[bool]]
    given_up: Callable[[Notice, str], None]
    clock: Clock
    randomness: Randomness
    wait: Wait = asyncio.sleep
    chance: Callable[[float, float], float] = random.uniform
    _waiting: "asyncio.Queue[Notice]" = Factory(lambda: asyncio.Queue(MOST_WAITING))
    _posting: "asyncio.Task[None] | None" = None

    def tell(self, notice: Notice) -> None:
        try:
            self._waiting.put_nowait(notice)
        except asyncio.QueueFull:
            self.given_up(notice, "too many wait")

    def start(self) -> None:
        """Begin to post, in the event loop that runs."""
        self._posting = asyncio.get_running_loop().create_task(self._post_for_ever())

    async def close(self) -> None:
        """Post no more than is taken soon."""
        if self._posting is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_SECONDS):
                    await self._waiting.join()
            self._posting.cancel()
            with suppress(asyncio.CancelledError):
                await self._posting
        while not self._waiting.empty():
            self.given_up(self._waiting.get_nowait(), "stopped")

    async def _post_for_ever(self) -> None:
        client = SimpleAsyncHTTPClient(
            force_instance=True, max_clients=1, max_body_size=MOST_ANSWERED_BYTES
        )
        client.tcp_client = connections = _Connections(resolver=client.resolver)
        try:
            while True:
                notice = await self._waiting.get()
                try:
                    if await self.is_ours(notice):
                        await self._post(client, notice)
                except asyncio.CancelledError:
                    self.given_up(notice, "stopped")
                    raise
                self._waiting.task_done()
        finally:
            connections.close()
            client.close()

    async def _post(self, client: SimpleAsyncHTTPClient, notice: Notice) -> None:
        message, body = f"msg_{self.randomness.secret(12).hex()}", body_of(notice)
        pause, problem = FIRST_PAUSE_SECONDS, ""
        for number in range(MOST_TRIES):
            if number:
                await self.wait(self.chance(pause / 2, pause))
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            try:
                answer = client.fetch(self.receiver.request(message, body, self.clock.now()))
                # Of what fails when nobody waits for it any more, Tornado and asyncio would tell
                # the log: so it is not cancelled, and somebody always takes note.
                answer.add_done_callback(lambda done: done.exception())
                await asyncio.shield(answer)
            except HTTPTimeoutError as error:
                problem = _timeout_of(error)
            except HTTPStreamClosedError:
                problem = "connection closed"
            except HTTPError as error:
                problem = f"status {error.code}"
            except Exception as error:  # noqa: BLE001 whatever the network, or the receiver, thinks of
                problem = type(error).__name__
            else:
                return
        self.given_up(notice, problem)


class _Connections(TCPClient):
    """Closes what is under way, which Tornado's client would leave open when it is closed."""

    _latest: IOStream | None = None

    async def connect(self, *args: Any, **kwargs: Any) -> IOStream:
        self._latest = await super().connect(*args, **kwargs)
        return self._latest

    def close(self) -> None:
        if self._latest is not None:
            self._latest.close()
        super().close()


def _timeout_of(error: HTTPTimeoutError) -> str:
    if error.message == "Timeout during request":
        return f"no answer within {ANSWER_SECONDS:g} s"
    return f"no connection within {CONNECT_SECONDS:g} s"


def body_of(notice: Notice) -> bytes:
    """Write the notice as JSON: type, timestamp, data."""
    return orjson.dumps(
        {
            "type": f"alert.{notice.change.value}",
            "timestamp": _time(notice.at),
            "data": {
                "alert": notice.alert,
                "client": notice.subject or None,
                "value": notice.value,
                "since": _time(notice.since),
            },
        }
    )


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
