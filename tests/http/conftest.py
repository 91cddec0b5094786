import asyncio
import socket
import ssl
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.ioloop import IOLoop
from tornado.web import Application

from entrypoints.http.server import GuardedServer, HttpLimits, make_server
from tests.http.documented import Documented
from tests.http.fakes import GatedSessions, Scene, assemble
from tests.http.house import House, open_house
from tests.http.noting_app import Notes
from tests.http.talk import PATIENCE_SECONDS, Api


def pytest_configure(config: pytest.Config) -> None:
    """Have pytest-tornado wait longer than the tests themselves, and not its own five seconds."""
    config.option.async_test_timeout = PATIENCE_SECONDS + 10


@pytest.fixture
def io_loop() -> Iterator[IOLoop]:
    """In place of pytest-tornado's, which sets the loop in a way that Tornado deprecates."""
    asyncio_loop = asyncio.new_event_loop()
    asyncio.set_event_loop(asyncio_loop)
    loop = IOLoop(asyncio_loop=asyncio_loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close(all_fds=True)


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A production server on memory, or what ``in_house`` asks for."""
    return open_house(tmp_path, monkeypatch, **getattr(request, "param", {}))


@pytest.fixture
def store() -> GatedSessions:
    return GatedSessions()


@pytest.fixture
def scene(tmp_path: Path, store: GatedSessions) -> Scene:
    return assemble(tmp_path, store)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def app(house: House) -> Application:
    return house.runtime.application


@pytest.fixture
def limits() -> HttpLimits:
    return HttpLimits()


@pytest.fixture
def tls() -> ssl.SSLContext | None:
    return None


@pytest.fixture
def http_server(
    io_loop: IOLoop,
    _unused_port: tuple[socket.socket, int],
    app: Application,
    limits: HttpLimits,
    transport: str,
    tls: ssl.SSLContext | None,
) -> Iterator[GuardedServer]:
    """In place of pytest-tornado's: the server that runs in production, with its limits."""
    server = make_server(app, limits, transport, tls)
    io_loop.run_sync(partial(listen, server, _unused_port[0]))
    yield server
    io_loop.run_sync(partial(end, server), timeout=PATIENCE_SECONDS)


async def listen(server: GuardedServer, listener: socket.socket) -> None:
    server.add_sockets([listener])


async def end(server: GuardedServer) -> None:
    server.stop()
    await server.close_all_connections()


@pytest.fixture
def api(http_client: AsyncHTTPClient, base_url: str, app: Application) -> Api:
    return Api(http_client, base_url, Documented(app))
