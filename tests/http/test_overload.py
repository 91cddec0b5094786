"""Too much to do: who is turned away, how, and who never is."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tornado.web import Application

from entrypoints.http.admission import Admission
from entrypoints.http.gate import Gate
from entrypoints.http.server import GuardedServer
from tests.http.fakes import GatedSessions, Scene, assemble
from tests.http.house import PORTAL_KEY, unknown_id
from tests.http.talk import (
    CREATE,
    IFRAME,
    JSON,
    LIVEZ,
    READYZ,
    VALIDATE,
    Answer,
    Api,
    at,
    knock,
    request_bytes,
    until,
    wire,
)

pytestmark = pytest.mark.gen_test

MOST = 2


@pytest.fixture
def store() -> GatedSessions:
    return GatedSessions()


@pytest.fixture
def scene(tmp_path: Path, store: GatedSessions) -> Scene:
    return assemble(tmp_path, store, admission=Admission(MOST))


@pytest.fixture
def app(scene: Scene) -> Application:
    return scene.application


@pytest.fixture(params=["at the door", "at the handler"])
def place(request: pytest.FixtureRequest, http_server: GuardedServer, scene: Scene) -> str:
    """Where those who are too many are turned away; nobody can tell the difference."""
    if request.param == "at the door":
        http_server.gate = Gate(scene.face)
    return str(request.param)


@asynccontextmanager
async def a_full_house(api: Api, store: GatedSessions, scene: Scene) -> AsyncIterator[None]:
    redeems = [asyncio.create_task(api.redeem(unknown_id(seed=n))) for n in range(MOST)]
    await until(lambda: len(scene.face.admission._busy) == MOST)
    yield
    store.may_answer.set()
    assert [(await redeem).code for redeem in redeems] == [401] * MOST


async def ask(http_port: int, data: bytes) -> Answer:
    async with knock(http_port, data) as line:
        return await line.answer()


@pytest.mark.usefixtures("place")
async def test_one_too_many_is_told_at_once_to_come_again(
    api: Api, http_port: int, store: GatedSessions, scene: Scene
) -> None:
    async with a_full_house(api, store, scene):
        answer = await ask(http_port, request_bytes("POST", CREATE, "Content-Length: 0"))
        assert (answer.status, answer.code) == (503, "overloaded")
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Connection"] == "close"
        assert answer.headers["Cache-Control"] == "no-store"
    assert await api.create(PORTAL_KEY)


@pytest.mark.usefixtures("place")
async def test_who_is_turned_away_has_burnt_nothing(
    api: Api, http_port: int, store: GatedSessions, scene: Scene
) -> None:
    good = await api.create(PORTAL_KEY)
    async with a_full_house(api, store, scene):
        assert (await ask(http_port, request_bytes("GET", at(VALIDATE, good)))).status == 503
    assert (await api.redeem(good)).code == 200


@pytest.mark.usefixtures("place")
async def test_a_person_who_is_turned_away_gets_a_page_to_read(
    api: Api, http_port: int, store: GatedSessions, scene: Scene
) -> None:
    opening = request_bytes("GET", at(IFRAME, unknown_id()), "Accept-Language: en")
    async with a_full_house(api, store, scene):
        answer = await ask(http_port, opening)
    assert answer.status == 503
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"One moment, please" in answer.body
    # Or the browser would show nothing in the frame.
    assert "frame-ancestors https://portal.example" in answer.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("path", [LIVEZ, READYZ])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_probes_are_always_served(
    api: Api, http_port: int, store: GatedSessions, scene: Scene, path: str, method: str
) -> None:
    sent = request_bytes(method, path, "Connection: close")
    async with a_full_house(api, store, scene), knock(http_port, sent) as line:
        assert (await line.rest()).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.usefixtures("place")
async def test_a_connection_that_is_kept_alive_is_judged_by_each_request(
    api: Api, http_port: int, store: GatedSessions, scene: Scene
) -> None:
    async with wire(http_port) as line:
        assert (await line.ask(request_bytes("GET", LIVEZ))).status == 200
        async with a_full_house(api, store, scene):
            answer = await line.ask(request_bytes("GET", at(VALIDATE, unknown_id())))
    assert (answer.status, answer.code) == (503, "overloaded")


@pytest.mark.usefixtures("place")
async def test_a_body_that_nobody_reads_does_not_cost_the_answer(
    api: Api, http_port: int, store: GatedSessions, scene: Scene
) -> None:
    body = b" " * 16_000
    head = f"Content-Length: {len(body)}"
    async with a_full_house(api, store, scene):
        for _ in range(20):
            sent = request_bytes("POST", CREATE, f"Content-Type: {JSON}", head, body=body)
            assert (await ask(http_port, sent)).status == 503


@pytest.mark.usefixtures("place")
async def test_those_who_are_slow_to_send_a_body_keep_nobody_out(
    api: Api, http_port: int, scene: Scene
) -> None:
    slow = request_bytes("POST", VALIDATE, f"Content-Type: {JSON}", "Content-Length: 9", body=b"{")
    async with contextlib.AsyncExitStack() as lines:
        for _ in range(5 * MOST):
            await lines.enter_async_context(knock(http_port, slow))
        await until(lambda: scene.face.drain.in_flight == 5 * MOST)
        assert await api.create(PORTAL_KEY)


@pytest.mark.usefixtures("place")
async def test_those_who_are_slow_to_read_an_answer_keep_nobody_out(
    api: Api, http_port: int, scene: Scene
) -> None:
    asked = request_bytes("GET", "/static/framegate.css") * 900
    with contextlib.ExitStack() as lines:
        for number in range(5 * MOST):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", http_port)))
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            line.sendall(asked)
            await until_so_many_are_stuck(scene, number + 1)
        assert await api.create(PORTAL_KEY)


async def until_so_many_are_stuck(scene: Scene, count: int) -> None:
    seen, before = 0, frozenset[object]()

    def is_lasting() -> bool:
        nonlocal seen, before
        now = frozenset(scene.face.drain.since)
        seen = seen + 1 if now == before and len(now) == count else 0
        before = now
        return seen > 200

    await until(is_lasting)


@pytest.mark.parametrize("language", ["pt-BR", "en", "de, en;q=0.5", None])
async def test_the_door_says_the_same_bytes_as_the_handler(
    api: Api,
    http_server: GuardedServer,
    http_port: int,
    store: GatedSessions,
    scene: Scene,
    language: str | None,
) -> None:
    headers = [] if language is None else [f"Accept-Language: {language}"]
    asked = request_bytes("GET", at(VALIDATE, unknown_id()), *headers)
    async with a_full_house(api, store, scene):
        by_handler = await ask(http_port, asked)
        http_server.gate = Gate(scene.face)
        by_door = await ask(http_port, asked)
    assert "Date" not in by_door.headers
    del by_handler.headers["Date"]
    assert sorted(by_door.headers.get_all()) == sorted(by_handler.headers.get_all())
    assert (by_door.status, by_door.body) == (by_handler.status, by_handler.body)


@pytest.mark.parametrize(
    "unfinished",
    [
        b"GET /livez HTTP/1.1\r\nHo",
        request_bytes("POST", VALIDATE, "Content-Length: 9", body=b"{"),
        request_bytes("POST", VALIDATE, "Transfer-Encoding: chunked", body=b"5\r\nab"),
        request_bytes("POST", VALIDATE, "Content-Length: x"),
        request_bytes("POST", VALIDATE, "Content-Length: 1", "Transfer-Encoding: chunked"),
        request_bytes("GET", "/" + "a" * 5000),
        b"\0\r\n\r\n",
    ],
    ids=["half a head", "half a body", "half a chunk", "no length", "two", "long", "no HTTP"],
)
async def test_a_request_that_breaks_off_takes_up_no_place(
    http_port: int, http_server: GuardedServer, scene: Scene, unfinished: bytes
) -> None:
    for _ in range(3):
        async with wire(http_port) as line:
            await line.send(unfinished)
    await until(lambda: not scene.face.drain.in_flight and not http_server.open_connections)
    assert not scene.face.admission._busy


async def test_a_request_whose_caller_goes_away_is_work_until_it_is_done(
    api: Api, http_port: int, store: GatedSessions, scene: Scene
) -> None:
    session_id = await api.create(PORTAL_KEY)
    async with wire(http_port) as line:
        await line.send(request_bytes("GET", at(VALIDATE, session_id)))
        await store.entered.wait()
        assert scene.face.drain.in_flight == 1
    await until(lambda: not scene.face.drain.in_flight)
    assert len(scene.face.admission._busy) == 1
    store.may_answer.set()
    await until(lambda: not scene.face.admission._busy)
