"""Many callers while Redis is away: each has his 503 soon, and nobody is served otherwise."""

import asyncio
import math
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from attrs import Factory, define

from domain.client import Client
from domain.session_id import SessionId
from tests.faults.fault import Fault
from tests.faults.kinds import Scale, Serve, TakeFigure
from tests.faults.line import Line
from tests.faults.proxy import FaultyProxy
from tests.support.framegate_server import KEYS
from tests.support.redis_server import RedisServer

pytestmark = pytest.mark.usefixtures("transport")

CALLERS = 16
PATIENCE = 60.0
USUAL_TIMEOUT_MS = "300"

AN_ID_OF_PORTAL = SessionId.compose(Client(name="portal").tag, bytes(24)).text
ROUTES = (
    ("POST", "/auth/create-session", KEYS.portal),
    ("GET", f"/auth/validate-session?session_id={AN_ID_OF_PORTAL}", None),
    ("GET", f"/client/iframe.html?session_id={AN_ID_OF_PORTAL}", None),
    ("GET", "/auth/session-status", KEYS.portal),
)


@contextmanager
def stopped(redis_server: RedisServer, _: FaultyProxy) -> Iterator[None]:
    redis_server.send(signal.SIGSTOP)
    yield
    redis_server.send(signal.SIGCONT)


@contextmanager
def killed(redis_server: RedisServer, proxy: FaultyProxy) -> Iterator[None]:
    redis_server.kill()
    # The proxy still listens where a dead Redis would not.
    proxy.fault = Fault.REFUSE
    yield
    redis_server.start()
    proxy.release()


@contextmanager
def black_holed(_: RedisServer, proxy: FaultyProxy) -> Iterator[None]:
    proxy.fault = Fault.BLACK_HOLE
    yield
    proxy.release()


@define
class Callers:
    """Ask all routes that need Redis, from several connections at once."""

    url: str
    rng: random.Random
    statuses: Counter[int] = Factory(Counter)
    seconds: list[float] = Factory(list)
    alive: Counter[int] = Factory(Counter)

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[math.ceil(0.99 * len(self.seconds)) - 1]

    async def ask(self, requests: int) -> None:
        turns = iter(range(requests))
        looking = asyncio.create_task(self._look_whether_alive())
        await asyncio.gather(*(self._call(turns) for _ in range(CALLERS)))
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)

    async def _call(self, turns: Iterator[int]) -> None:
        line = await Line.open(self.url)
        for _ in turns:
            method, path, key = self.rng.choice(ROUTES)
            began = time.monotonic()
            answer = await line.ask(method, path, key=key)
            self.seconds.append(time.monotonic() - began)
            self.statuses[answer.status] += 1
            if not line.reusable:
                line.close()
                line = await Line.open(self.url)
        line.close()

    async def _look_whether_alive(self) -> None:
        line = await Line.open(self.url)
        try:
            while True:
                self.alive[(await line.ask("GET", "/livez")).status] += 1
                await asyncio.sleep(0.01)
        finally:
            line.close()


async def until_served_again(url: str) -> None:
    line = await Line.open(url)
    async with asyncio.timeout(PATIENCE):
        while (await line.ask("POST", "/auth/create-session", key=KEYS.portal)).status != 200:
            pass
        while (await line.ask("GET", "/readyz")).status != 200:
            pass
    line.close()


@pytest.mark.parametrize("away", [stopped, killed, black_holed])
def test_without_redis_every_answer_is_a_503_that_comes_soon(
    redis_server: RedisServer,
    serve: Serve,
    seeded: random.Random,
    scale: Scale,
    figure: TakeFigure,
    away: Callable[[RedisServer, FaultyProxy], AbstractContextManager[None]],
) -> None:
    with (
        FaultyProxy(redis_server.port) as proxy,
        serve(REDIS_URL=proxy.url, REDIS_TIMEOUT_MS=USUAL_TIMEOUT_MS) as server,
    ):
        asyncio.run(until_served_again(server.url))
        callers = Callers(server.url, seeded)
        with away(redis_server, proxy):
            asyncio.run(callers.ask(scale(60, 2_000)))
        asyncio.run(until_served_again(server.url))
    assert set(callers.statuses) == {503}
    assert set(callers.alive) == {200}
    # The promise is half a second; of sixty answers the last hundredth is a single one,
    # which a busy machine delays as it likes.
    assert callers.p99 * 1000 <= scale(2_000, 500)
    figure(
        f"Redis away ({away.__name__.replace('_', '-')}): p99 of answers",
        f"{callers.p99 * 1000:.0f} ms over {len(callers.seconds):,} answers to {CALLERS} "
        f"callers, all 503; /livez 200 {callers.alive.total():,} times of as many",
    )
