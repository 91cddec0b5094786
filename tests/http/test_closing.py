"""What is announced about a connection is kept, and nobody is reset for having sent a body.

RFC 9112 section 9.6: a server that says ``close`` must close, and a reset may cost an answer.
"""

import asyncio
from pathlib import Path

import pytest
from tornado.web import Application

from entrypoints.http.admission import Admission
from entrypoints.http.server import GuardedServer, stop_gracefully
from tests.http.fakes import GatedSessions, Scene, assemble
from tests.http.house import PORTAL_KEY, unknown_id
from tests.http.talk import CREATE, JSON, VALIDATE, Api, at, request_bytes, until, wire

pytestmark = pytest.mark.gen_test

LONG = 60.0
WAYS = pytest.mark.parametrize(
    "headers", [(), ("X-Odd: 1", "X-Odd: 2")], ids=["short way", "Tornado's way"]
)


@pytest.fixture
def app(scene: Scene) -> Application:
    return scene.application


@WAYS
async def test_whoever_is_told_while_he_waits_that_the_connection_closes_sees_it_close(
    api: Api,
    http_port: int,
    http_server: GuardedServer,
    scene: Scene,
    store: GatedSessions,
    headers: tuple[str, ...],
) -> None:
    session_id = await api.create(PORTAL_KEY)
    async with wire(http_port) as line:
        await line.send(request_bytes("GET", at(VALIDATE, session_id), *headers))
        await store.entered.wait()
        draining = asyncio.create_task(stop_gracefully(http_server, scene.face.drain, LONG))
        await until(lambda: scene.face.drain.started)
        store.may_answer.set()

        answer = await line.answer()

        assert (answer.status, answer.headers["Connection"]) == (200, "close")
        assert await line.rest() == b""
    assert not draining.done()
    draining.cancel()


@WAYS
async def test_a_server_that_closes_after_the_next_answer_says_so_in_it(
    http_port: int, http_server: GuardedServer, store: GatedSessions, headers: tuple[str, ...]
) -> None:
    store.may_answer.set()
    http_server.end_keep_alive()
    async with wire(http_port) as line:
        answer = await line.ask(request_bytes("GET", at(VALIDATE, unknown_id()), *headers))

        assert await line.rest() == b""
        assert answer.headers["Connection"] == "close"


class TestEarlyAnswers:
    @pytest.fixture
    def scene(self, tmp_path: Path, store: GatedSessions) -> Scene:
        return assemble(tmp_path, store, admission=Admission(0))

    @pytest.mark.usefixtures("http_server")
    async def test_whoever_is_answered_before_his_body_is_read_is_not_reset(
        self, http_port: int
    ) -> None:
        body = b" " * 16_000
        head = f"Content-Length: {len(body)}"
        sent = request_bytes("POST", CREATE, f"Content-Type: {JSON}", head, body=body)
        for _ in range(10):
            async with wire(http_port) as line:
                await line.send(sent)
                assert (await line.answer()).status == 503
                assert await line.rest() == b""
