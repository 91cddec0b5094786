"""Servers that are restarted in turn, by SIGTERM under load, drop no request."""

import asyncio
import signal
from collections import Counter
from pathlib import Path

import pytest
from attrs import Factory, define

from tests.faults.balancer import Balancer
from tests.faults.kinds import Scale, TakeFigure
from tests.faults.line import Line
from tests.support.framegate_server import KEYS, FramegateServer
from tests.support.http_call import Answer
from tests.support.redis_server import free_port

pytestmark = pytest.mark.usefixtures("transport")

CLIENTS_KEPT_ALIVE = 4
CLIENTS_AFRESH = 2
PATIENCE = 60.0


@define
class Load:
    """Clients that create and redeem without a pause, and how each of their requests went."""

    balancer: Balancer
    outcomes: Counter[str] = Factory(Counter)
    over: bool = False

    @property
    def complete(self) -> int:
        return self.outcomes["200"]

    @property
    def dropped(self) -> dict[str, int]:
        return {how: n for how, n in self.outcomes.items() if how != "200"}

    async def create_and_redeem(self, *, keep_alive: bool) -> None:
        lines: dict[str, Line] = {}
        while not self.over:
            created = await self._ask(
                lines, "POST", "/auth/create-session", KEYS.portal, keep_alive=keep_alive
            )
            if created is not None and created.status == 200:
                path = f"/client/iframe.html?session_id={created.fields['session_id']}"
                await self._ask(lines, "GET", path, None, keep_alive=keep_alive)
        for line in lines.values():
            line.close()

    async def _ask(
        self, lines: dict[str, Line], method: str, path: str, key: str | None, *, keep_alive: bool
    ) -> Answer | None:
        url = self.balancer.pick()
        line = lines.pop(url, None)
        if line is not None and not line.reusable:
            line.close()
            line = None
        kind = "on a new connection" if line is None else "on a connection that was kept"
        try:
            line = line or await Line.open(url)
            answer = await line.ask(method, path, key=key)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.outcomes[f"{type(error).__name__} {kind}"] += 1
            if line is not None:
                line.close()
            return None
        self.outcomes[str(answer.status)] += 1
        if keep_alive and line.reusable:
            lines[url] = line
        else:
            line.close()
        return answer


class Server:
    """A server that is started again on the same port."""

    def __init__(self, folder: Path, environment: dict[str, str], workers: int) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._environment = {**environment, "PORT": str(port), "WORKERS": str(workers)}
        self._process = FramegateServer(self._folder, self._environment, "serve")

    def begin_to_stop(self) -> None:
        self._process.send(signal.SIGTERM)

    def wait_for_end(self) -> None:
        assert self._process.process.wait(timeout=PATIENCE) == 0

    def restart(self) -> None:
        self.begin_to_stop()
        self.wait_for_end()
        self._process = FramegateServer(self._folder, self._environment, "serve")


async def restart_in_turn(servers: list[Server], times: int) -> Load:
    """Restart one server after the other while the load runs."""
    balancer = Balancer([server.url for server in servers])
    load = Load(balancer)
    watching = asyncio.create_task(balancer.watch())
    async with asyncio.TaskGroup() as clients:
        for keep_alive in [True] * CLIENTS_KEPT_ALIVE + [False] * CLIENTS_AFRESH:
            clients.create_task(load.create_and_redeem(keep_alive=keep_alive))
        try:
            for number in range(times):
                server = servers[number % len(servers)]
                await asyncio.to_thread(server.restart)
                async with asyncio.timeout(PATIENCE):
                    while not balancer.is_ready(server.url):  # noqa: ASYNC110 it is polled anyway
                        await asyncio.sleep(0.01)
        finally:
            load.over = True
    watching.cancel()
    return load


def test_no_request_is_dropped_by_a_server_that_is_restarted_behind_a_load_balancer(
    tmp_path: Path, environment: dict[str, str], scale: Scale, figure: TakeFigure
) -> None:
    restarts = scale(2, 50)
    # A machine that is busy with the load must not pass for a Redis that is away.
    settings = {**environment, "DRAIN_SECONDS": "3", "REDIS_TIMEOUT_MS": "5000"}
    servers = [Server(tmp_path / f"server-{n}", settings, workers=n) for n in (1, 2)]
    try:
        load = asyncio.run(restart_in_turn(servers, restarts))
    finally:
        for server in servers:
            server.begin_to_stop()
        for server in servers:
            server.wait_for_end()
    assert load.dropped == {}
    assert load.complete > 100 * restarts
    figure(
        "SIGTERM under load: requests dropped",
        f"0 of {load.complete:,}, {restarts} restarts behind a load balancer",
    )
