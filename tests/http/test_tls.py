"""What both transports promise holds over TLS, where a connection closes and waits otherwise."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from pathlib import Path

import pytest
import trustme
from tornado.web import Application

from entrypoints.http.limits import HttpLimits
from entrypoints.http.server import GuardedServer
from tests.http.noting_app import PIECE, PIECES, Notes, noting_app
from tests.http.talk import Wire, chunked, request_bytes, until, until_it_stays, wire

pytestmark = [pytest.mark.gen_test, pytest.mark.usefixtures("http_server")]

SHORT = 0.5
PATIENCE_SECONDS = 30

Call = Callable[[], AbstractAsyncContextManager[Wire]]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def app(tmp_path: Path, notes: Notes) -> Application:
    return noting_app(tmp_path, notes)


@pytest.fixture
def limits() -> HttpLimits:
    return HttpLimits(first_request=SHORT)


@pytest.fixture
def call(authority: trustme.CA, http_port: int) -> Call:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return partial(wire, http_port, context)


async def test_requests_share_a_connection(call: Call) -> None:
    async with call() as line:
        for _ in range(3):
            assert (await line.ask(request_bytes("GET", "/plain"))).body == b"plain"


async def test_whoever_asks_for_the_end_gets_his_answer_and_the_end(call: Call) -> None:
    async with call() as line:
        answer = await line.ask(request_bytes("GET", "/plain", "Connection: close"))
        assert (answer.body, answer.headers["Connection"]) == (b"plain", "close")
        assert await line.rest() == b""


async def test_an_answer_that_is_longer_than_any_buffer_comes_whole(call: Call) -> None:
    async with call() as line:
        await line.send(request_bytes("GET", "/stream", "Connection: close"))
        _, _, body = (await line.rest(PATIENCE_SECONDS)).partition(b"\r\n\r\n")
    assert body == chunked(PIECE * PIECES, len(PIECE))


async def test_a_flush_waits_for_a_slow_reader(call: Call, notes: Notes) -> None:
    async with call() as line:
        await line.send(request_bytes("GET", "/stream"))
        await until_it_stays(lambda: notes.pieces)
        assert 0 < notes.pieces < PIECES
        while notes.pieces < PIECES:
            await line.reader.read(1 << 20)


async def test_whoever_leaves_before_the_answer_is_told_to_the_handler(
    call: Call, notes: Notes
) -> None:
    async with call() as line:
        await line.send(request_bytes("GET", "/slow/first"))
        await until(lambda: notes.told == ["first"])
    await until(lambda: notes.told == ["first", "closed"])
    notes.may_go_on.set()


async def test_a_stopping_server_closes_what_is_idle(
    call: Call, http_server: GuardedServer
) -> None:
    async with call() as line:
        await line.ask(request_bytes("GET", "/plain"))
        await asyncio.gather(http_server.close_all_connections(), line.rest())
    assert http_server.open_connections == 0


async def test_whoever_says_nothing_after_the_handshake_is_hung_up_on(call: Call) -> None:
    async with call() as line:
        assert await line.rest() == b""


@pytest.mark.parametrize(
    "beginning", [b"", b"\x16\x03\x01", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"]
)
async def test_a_handshake_that_does_not_end_is_given_up(
    http_port: int, http_server: GuardedServer, beginning: bytes
) -> None:
    async with wire(http_port) as line:
        await line.send(beginning)
        with suppress(ConnectionResetError):
            await line.rest()
    await until(lambda: not http_server.open_connections)
