"""What both transports promise to a Tornado application, whatever it does."""

import asyncio
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from tornado.httputil import HTTPOutputError
from tornado.web import Application

from tests.http.noting_app import PIECE, PIECES, Notes, noting_app
from tests.http.talk import PATIENCE_SECONDS, chunked, request_bytes, until, until_it_stays, wire

pytestmark = [pytest.mark.gen_test, pytest.mark.usefixtures("http_server")]


@pytest.fixture
def app(tmp_path: Path, notes: Notes) -> Application:
    return noting_app(tmp_path, notes)


def old(sent: bytes) -> bytes:
    return sent.replace(b"HTTP/1.1", b"HTTP/1.0")


async def test_http_1_0_is_answered_and_closed(http_port: int) -> None:
    async with wire(http_port) as line:
        answer = await line.ask(old(request_bytes("GET", "/plain")))
        assert (answer.status, answer.body) == (200, b"plain")
        assert "Connection" not in answer.headers
        assert await line.rest() == b""


async def test_http_1_0_that_asks_for_it_is_kept_alive(http_port: int) -> None:
    asked = old(request_bytes("GET", "/plain", "Connection: keep-alive"))
    async with wire(http_port) as line:
        for _ in range(3):
            answer = await line.ask(asked)
            assert (answer.body, answer.headers["Connection"]) == (b"plain", "Keep-Alive")


@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_an_answer_of_unknown_length_comes_whole(http_port: int, version: str) -> None:
    asked = request_bytes("GET", "/stream", "Connection: close")
    async with wire(http_port) as line:
        await line.send(asked.replace(b"HTTP/1.1", f"HTTP/{version}".encode()))
        head, _, body = (await line.rest(20)).partition(b"\r\n\r\n")
    assert (b"Transfer-Encoding: chunked" in head) == (version == "1.1")
    assert body == (chunked(PIECE * PIECES, len(PIECE)) if version == "1.1" else PIECE * PIECES)


async def test_a_flush_waits_for_a_slow_reader(http_port: int, notes: Notes) -> None:
    async with wire(http_port) as line:
        await line.send(request_bytes("GET", "/stream"))
        await until_it_stays(lambda: notes.pieces)
        assert 0 < notes.pieces < PIECES
        while notes.pieces < PIECES:
            await line.reader.read(1 << 20)


async def test_whoever_leaves_ends_what_is_written_to_him(http_port: int, notes: Notes) -> None:
    async with wire(http_port) as line:
        await line.send(request_bytes("GET", "/stream"))
        await until_it_stays(lambda: notes.pieces)
    await until(lambda: notes.error is not None)
    assert notes.pieces < PIECES
    assert notes.told == ["closed"]


async def test_a_handler_that_takes_its_time_with_a_body_slows_the_sender(
    http_port: int, notes: Notes
) -> None:
    # More than a handler may be given unasked: it goes on to be asked for each part.
    loop, size = asyncio.get_running_loop(), 12_000
    sent = request_bytes("POST", "/take", f"Content-Length: {size}")
    async with wire(http_port) as line:
        await line.send(sent + b"x" * 1_000)
        await until(lambda: notes.received == 1_000)
        await line.send(b"x" * (size - 1_000))
        await until_it_stays(lambda: notes.received)
        assert notes.received == 1_000
        loop.call_soon(notes.may_go_on.set)
        assert (await line.answer()).body == str(size).encode()


async def test_while_one_is_answered_no_more_than_a_little_is_read_of_the_next(
    http_port: int, notes: Notes
) -> None:
    many = request_bytes("GET", "/plain", "X-A: " + "a" * 5_000) * 5_000
    with socket.create_connection(("127.0.0.1", http_port)) as line:
        line.settimeout(0)
        line.send(request_bytes("GET", "/slow/first"))
        await until(lambda: bool(notes.told))
        sent = 0

        def send() -> int:
            nonlocal sent
            with suppress(BlockingIOError):
                sent += line.send(many[sent : sent + (1 << 20)])
            return sent

        await until_it_stays(send)
        assert sent < len(many)


async def test_answers_come_in_the_order_of_the_requests(http_port: int, notes: Notes) -> None:
    async with wire(http_port) as line:
        for name in ("first", "second", "third"):
            await line.send(request_bytes("GET", f"/slow/{name}"))
        await until(lambda: bool(notes.told))
        notes.may_go_on.set()
        bodies = [(await line.answer()).body for _ in range(3)]
    assert bodies == [b"first", b"second", b"third"]
    assert notes.told == ["first", "second", "third"]


async def test_whoever_waits_for_a_go_ahead_gets_it_before_the_body(
    http_port: int, notes: Notes
) -> None:
    notes.may_go_on.set()
    asked = request_bytes("POST", "/take", "Content-Length: 3", "Expect: 100-continue")
    async with wire(http_port) as line:
        await line.send(asked)
        async with asyncio.timeout(PATIENCE_SECONDS):
            go_ahead = await line.reader.readuntil(b"\r\n\r\n")
        assert go_ahead.startswith(b"HTTP/1.1 100 ")
        assert (await line.ask(b"abc")).body == b"3"


async def test_whoever_leaves_within_a_body_is_told_to_the_handler(
    http_port: int, notes: Notes
) -> None:
    notes.may_go_on.set()
    async with wire(http_port) as line:
        await line.send(request_bytes("POST", "/take", "Content-Length: 3", body=b"a"))
        await until(lambda: notes.received == 1)
    await until(lambda: notes.told == ["closed"])


async def test_whoever_leaves_before_the_answer_is_told_to_the_handler(
    http_port: int, notes: Notes
) -> None:
    async with wire(http_port) as line:
        await line.send(request_bytes("GET", "/slow/first"))
        await until(lambda: notes.told == ["first"])
    await until(lambda: notes.told == ["first", "closed"])
    notes.may_go_on.set()


@pytest.mark.parametrize(
    "headers",
    [
        ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x"),
        ("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMA"),
        ("Upgrade: TLS/1.0", "Connection: upgrade"),
    ],
    ids=["websocket", "h2c", "TLS"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_upgrade_is_a_request_like_others(
    http_port: int, method: str, headers: tuple[str, ...]
) -> None:
    asked = request_bytes(method, "/plain", *headers, "Content-Length: 2", body=b"{}")
    async with wire(http_port) as line:
        await line.send(asked * 2)
        assert [(await line.answer()).body for _ in range(2)] == [b"plain"] * 2


async def test_connect_opens_no_tunnel(http_port: int) -> None:
    async with wire(http_port) as line:
        await line.send(request_bytes("CONNECT", "a.example:443") + request_bytes("GET", "/plain"))
        assert (await line.answer()).status in {404, 405}
        assert (await line.answer()).body == b"plain"


async def test_a_header_with_a_line_end_in_it_is_not_sent(http_port: int, notes: Notes) -> None:
    async with wire(http_port) as line:
        answer = await line.ask(request_bytes("GET", "/wrong/line"))
    assert (answer.body, "X-B" in answer.headers) == (b"refused", False)
    assert isinstance(notes.error, ValueError)


@pytest.mark.parametrize("what", ["more", "less"])
async def test_an_answer_that_is_not_as_long_as_it_says_ends_the_connection(
    http_port: int, notes: Notes, what: str
) -> None:
    async with wire(http_port) as line:
        await line.send(request_bytes("GET", f"/wrong/{what}") * 2)
        rest = await line.rest()
    assert rest.count(b"HTTP/1.1") <= 1
    assert b"bc" not in rest
    assert isinstance(notes.error, HTTPOutputError)
