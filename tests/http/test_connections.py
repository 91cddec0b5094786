"""How long a connection may keep a server waiting.

Nothing here sleeps: where time has to pass, the test waits for the server to close another
connection that was opened later and has the same limit.
"""

import asyncio
import contextlib
import socket

import pytest
from tornado.web import Application

from entrypoints.http.server import GuardedServer, HttpLimits
from tests.http.fakes import GatedSessions, Scene
from tests.http.house import PORTAL_KEY
from tests.http.talk import CREATE, JSON, LIVEZ, VALIDATE, Api, at, request_bytes, until, wire

pytestmark = [pytest.mark.gen_test, pytest.mark.usefixtures("http_server")]

SHORT = 0.5
"""Long enough for a busy machine to do at once what is to be done at once."""
ALIVE = request_bytes("GET", LIVEZ)


@pytest.fixture
def app(scene: Scene) -> Application:
    return scene.application


@pytest.fixture
def limits() -> HttpLimits:
    return HttpLimits(first_request=SHORT, body=SHORT, keep_alive=30)


async def the_first_request_limit_to_pass(http_port: int) -> None:
    async with wire(http_port) as idle:
        assert await idle.rest() == b""


async def test_a_connection_that_asks_for_nothing_is_closed(http_port: int) -> None:
    async with wire(http_port) as line:
        assert await line.rest() == b""


@pytest.mark.parametrize(
    "beginning",
    [b"G", b"GET /livez HTTP/1.1\r\n", b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A: "],
    ids=["a letter", "a line", "half the head"],
)
async def test_a_request_whose_head_does_not_arrive_is_given_up(
    http_port: int, beginning: bytes
) -> None:
    async with wire(http_port) as line:
        await line.send(beginning)
        assert await line.rest() == b""


@pytest.mark.parametrize(
    ("framing", "beginning"),
    [
        ("Content-Length: 100", b'{"session_id": "'),
        ("Content-Length: 100", b""),
        ("Transfer-Encoding: chunked", b"10\r\n{"),
        ("Transfer-Encoding: chunked", b"1\r\n{\r\n"),
    ],
    ids=["a part", "nothing", "half a chunk", "a chunk"],
)
@pytest.mark.parametrize("path", [CREATE, VALIDATE])
async def test_a_body_that_stalls_is_cut_off(
    http_port: int, scene: Scene, path: str, framing: str, beginning: bytes
) -> None:
    async with wire(http_port) as line:
        await line.send(
            request_bytes(
                "POST",
                path,
                f"Authorization: Bearer {PORTAL_KEY}",
                f"Content-Type: {JSON}",
                framing,
                body=beginning,
            )
        )
        rest = await line.rest()

    assert b" 200 " not in rest
    assert not scene.face.drain.since


async def test_a_connection_outlives_the_limit_of_its_first_request(http_port: int) -> None:
    async with wire(http_port) as line:
        assert (await line.ask(ALIVE)).status == 200

        await the_first_request_limit_to_pass(http_port)

        assert (await line.ask(ALIVE)).status == 200


async def test_an_answer_may_take_longer_than_the_first_request(
    api: Api, http_port: int, store: GatedSessions
) -> None:
    session_id = await api.create(PORTAL_KEY)
    async with wire(http_port) as line:
        await line.send(request_bytes("GET", at(VALIDATE, session_id)))
        await store.entered.wait()

        await the_first_request_limit_to_pass(http_port)

        store.may_answer.set()
        assert (await line.answer()).status == 200


async def test_the_body_of_a_later_request_is_cut_off_too(http_port: int) -> None:
    async with wire(http_port) as line:
        assert (await line.ask(ALIVE)).status == 200
        await line.send(request_bytes("POST", VALIDATE, "Content-Length: 9", body=b"{"))
        rest = await line.rest()

    assert b" 200 " not in rest


async def test_several_requests_share_a_connection(http_port: int) -> None:
    async with wire(http_port) as line:
        await line.send(ALIVE * 3)

        assert [(await line.answer()).status for _ in range(3)] == [200] * 3


async def test_a_caller_may_ask_for_the_connection_to_be_closed(http_port: int) -> None:
    async with wire(http_port) as line:
        answer = await line.ask(request_bytes("GET", LIVEZ, "Connection: close"))

        assert (answer.status, await line.rest()) == (200, b"")


@pytest.mark.parametrize(
    "target",
    [
        "http://localhost/livez",
        "HTTPS://elsewhere.example:8443/livez",
        "http://localhost/livez?a=b",
    ],
)
async def test_an_address_in_absolute_form_is_taken(http_port: int, target: str) -> None:
    async with wire(http_port) as line:
        assert (await line.ask(request_bytes("GET", target))).status == 200


@pytest.mark.parametrize("target", ["http://localhost", "http://localhost?a=b", "http://"])
async def test_an_absolute_form_without_a_path_is_that_of_the_root(
    http_port: int, target: str
) -> None:
    async with wire(http_port) as line:
        assert (await line.ask(request_bytes("GET", target))).status == 404


async def test_who_does_not_read_the_answer_is_given_up(
    http_port: int, http_server: GuardedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrypoints.http.departure.WRITE_SECONDS", SHORT)
    many = request_bytes("GET", "/static/framegate.css") * 2000
    with socket.create_connection(("127.0.0.1", http_port)) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        line.settimeout(0)
        loop = asyncio.get_running_loop()
        with contextlib.suppress(ConnectionError):  # it ends while there is still more to send
            await loop.sock_sendall(line, many)
        await until(lambda: bool(http_server.open_connections))
        await until(lambda: not http_server.open_connections)


class TestIdleConnections:
    @pytest.fixture
    def limits(self) -> HttpLimits:
        return HttpLimits(keep_alive=SHORT)

    async def test_a_connection_idle_for_too_long_is_closed(self, http_port: int) -> None:
        async with wire(http_port) as line:
            assert (await line.ask(ALIVE)).status == 200

            assert await line.rest() == b""
