"""However little a connection says, and however it ends, nothing is kept of it for long."""

import asyncio
from contextlib import suppress

import pytest
from tornado.web import Application

from entrypoints.http.server import GuardedServer, HttpLimits
from tests.http.fakes import Scene
from tests.http.talk import CREATE, LIVEZ, Wire, request_bytes, until, wire

pytestmark = pytest.mark.gen_test
SHORT = 0.5
"""Long enough for a busy machine to do at once what is to be done at once."""
ALIVE = request_bytes("GET", LIVEZ)


@pytest.fixture
def app(scene: Scene) -> Application:
    return scene.application


@pytest.fixture
def limits() -> HttpLimits:
    return HttpLimits(first_request=SHORT, keep_alive=SHORT)


def unheard(server: GuardedServer) -> int:
    return len(getattr(server, "_unheard", ()))


async def trickle(line: Wire) -> bytes:
    """Send a little now and then, until the connection ends."""
    while True:
        line.writer.write(b"a")
        with suppress(TimeoutError, ConnectionResetError):
            async with asyncio.timeout(SHORT / 10):
                return await line.reader.read()
        if line.reader.exception():
            return b""


@pytest.mark.parametrize("answered_before", [0, 1])
async def test_a_head_that_only_trickles_is_given_up(
    http_port: int, http_server: GuardedServer, answered_before: int
) -> None:
    async with wire(http_port) as line:
        for _ in range(answered_before):
            assert (await line.ask(ALIVE)).status == 200
        await line.send(b"GET /livez HTTP/1.1\r\nX-A: ")
        assert await trickle(line) == b""
    await until(lambda: not http_server.open_connections)
    assert not unheard(http_server)


async def test_after_all_have_gone_the_next_one_is_watched_over_too(
    http_port: int, http_server: GuardedServer
) -> None:
    for _ in range(2):
        async with wire(http_port) as line:
            assert await line.rest() == b""
        await until(lambda: not http_server.open_connections)
        await until(lambda: http_server._beat._timer is None)  # type: ignore[attr-defined]


BEGINNINGS = {
    "nothing": b"",
    "a letter": b"G",
    "a request": ALIVE,
    "three requests": ALIVE * 3,
    "nonsense": b"nonsense\r\n\r\n",
    "a bad field": b"GET / HTTP/1.1\r\nA b: c\r\n\r\n",
    "half a body": request_bytes("POST", CREATE, "Content-Length: 9", body=b"{"),
    "a bad chunk": request_bytes("POST", CREATE, "Transfer-Encoding: chunked", body=b"zz\r\n"),
    "too long a head": b"GET / HTTP/1.1\r\nX: " + b"a" * 50_000,
}


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS)
@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
async def test_however_a_connection_ends_nothing_of_it_is_kept(
    http_port: int, http_server: GuardedServer, beginning: bytes, *, reset: bool
) -> None:
    async with wire(http_port) as line:
        await until(lambda: bool(http_server.open_connections))
        await line.send(beginning)
        await asyncio.sleep(0)
        if reset:
            line.writer.transport.abort()
    await until(lambda: not http_server.open_connections)
    assert not unheard(http_server)


async def test_after_the_stop_no_timer_is_left(http_port: int, http_server: GuardedServer) -> None:
    async with wire(http_port) as line, wire(http_port) as silent:
        assert (await line.ask(ALIVE)).status == 200
        http_server.stop()
        await http_server.close_all_connections()
        assert (await line.rest(), await silent.rest()) == (b"", b"")
        assert http_server._beat._timer is None  # type: ignore[attr-defined]
        assert not unheard(http_server)
