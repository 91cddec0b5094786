"""A server on its way out: it says so, takes nobody new, and finishes what it began."""

import asyncio

import pytest
from tornado.web import Application

from entrypoints.http.server import GuardedServer, stop_gracefully
from tests.http.fakes import GatedSessions, Scene
from tests.http.house import PORTAL_KEY
from tests.http.talk import (
    LIVEZ,
    PATIENCE_SECONDS,
    READYZ,
    VALIDATE,
    Api,
    at,
    request_bytes,
    wire,
)

pytestmark = pytest.mark.gen_test

LONG = 60.0
READY = request_bytes("GET", READYZ)
ALIVE = request_bytes("GET", LIVEZ)


@pytest.fixture
def app(scene: Scene) -> Application:
    return scene.application


@pytest.fixture
def closed_to_new_ones(
    http_server: GuardedServer, monkeypatch: pytest.MonkeyPatch
) -> asyncio.Event:
    """Set when the server has stopped listening."""
    closed, stop = asyncio.Event(), http_server.stop

    def stop_and_tell() -> None:
        stop()
        closed.set()

    monkeypatch.setattr(http_server, "stop", stop_and_tell)
    return closed


async def test_what_is_in_flight_is_finished_while_nobody_new_gets_in(
    api: Api,
    http_port: int,
    http_server: GuardedServer,
    scene: Scene,
    store: GatedSessions,
    closed_to_new_ones: asyncio.Event,
) -> None:
    session_id = await api.create(PORTAL_KEY)
    async with asyncio.timeout(PATIENCE_SECONDS), wire(http_port) as line:
        await line.send(request_bytes("GET", at(VALIDATE, session_id)))
        await store.entered.wait()

        stopping = asyncio.create_task(stop_gracefully(http_server, scene.face.drain, 0))
        await closed_to_new_ones.wait()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", http_port)
        assert not stopping.done()

        store.may_answer.set()
        answer = await line.answer()
        await stopping

        assert (answer.status, answer.headers["Connection"]) == (200, "close")
        assert await line.rest() == b""


async def test_a_connection_that_is_open_hears_that_the_server_is_not_ready(
    api: Api, http_port: int, http_server: GuardedServer, scene: Scene, store: GatedSessions
) -> None:
    session_id = await api.create(PORTAL_KEY)
    async with asyncio.timeout(PATIENCE_SECONDS), wire(http_port) as busy, wire(http_port) as line:
        assert (await line.ask(READY)).status == 200
        await busy.send(request_bytes("GET", at(VALIDATE, session_id)))
        await store.entered.wait()

        stopping = asyncio.create_task(stop_gracefully(http_server, scene.face.drain, 0))
        answer = await line.ask(READY)

        assert not stopping.done()
        assert (answer.status, answer.body) == (503, b'{"status":"draining"}')
        assert answer.headers["Connection"] == "close"
        store.may_answer.set()
        assert (await busy.answer()).status == 200
        await stopping


async def test_while_it_drains_new_connections_are_served_and_told(
    api: Api, http_port: int, http_server: GuardedServer, scene: Scene, store: GatedSessions
) -> None:
    session_id = await api.create(PORTAL_KEY)
    store.may_answer.set()
    draining = asyncio.create_task(stop_gracefully(http_server, scene.face.drain, LONG))

    async with wire(http_port) as line:
        ready = await line.ask(READY)
    async with wire(http_port) as line:
        alive = await line.ask(ALIVE)
    async with wire(http_port) as line:
        redeemed = await line.ask(request_bytes("GET", at(VALIDATE, session_id)))

    assert not draining.done()
    draining.cancel()
    assert (ready.status, ready.body) == (503, b'{"status":"draining"}')
    assert (alive.status, redeemed.status) == (200, 200)
    assert {a.headers.get("Connection") for a in (ready, alive, redeemed)} == {"close"}


async def test_whoever_is_told_that_the_connection_closes_sees_it_close(
    http_port: int, http_server: GuardedServer, scene: Scene
) -> None:
    """RFC 9112, section 9.6: a server that says ``close`` must close."""
    async with wire(http_port) as line:
        assert (await line.ask(ALIVE)).status == 200
        draining = asyncio.create_task(stop_gracefully(http_server, scene.face.drain, LONG))

        answer = await line.ask(ALIVE)

        assert (answer.status, answer.headers["Connection"]) == (200, "close")
        assert await line.rest() == b""
    assert not draining.done()
    draining.cancel()


async def test_connections_without_a_request_hold_nothing_up(
    http_port: int, http_server: GuardedServer, scene: Scene
) -> None:
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        wire(http_port) as silent,
        wire(http_port) as idle,
    ):
        assert (await idle.ask(ALIVE)).status == 200

        await stop_gracefully(http_server, scene.face.drain, 0)

        assert await silent.rest() == b""
        assert await idle.rest() == b""


async def test_whoever_asks_at_the_last_moment_is_answered(
    api: Api, http_port: int, http_server: GuardedServer, store: GatedSessions
) -> None:
    session_id = await api.create(PORTAL_KEY)
    http_server.end_keep_alive()
    async with wire(http_port) as line, wire(http_port) as idle:
        await line.send(request_bytes("GET", at(VALIDATE, session_id)))
        await store.entered.wait()
        http_server.stop()
        closing = asyncio.create_task(http_server.close_all_connections())
        assert await idle.rest() == b""

        store.may_answer.set()

        assert (await line.answer()).status == 200
        await closing
    assert http_server.open_connections == 0


async def test_a_caller_who_gave_up_is_not_waited_for(
    api: Api, http_port: int, http_server: GuardedServer, scene: Scene, store: GatedSessions
) -> None:
    session_id = await api.create(PORTAL_KEY)
    async with wire(http_port) as line:
        await line.send(request_bytes("GET", at(VALIDATE, session_id)))
        await store.entered.wait()

    async with asyncio.timeout(PATIENCE_SECONDS):
        await stop_gracefully(http_server, scene.face.drain, 0)

    store.may_answer.set()
