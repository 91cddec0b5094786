"""One worker of a server looks for alerts, and one server of several tells of them."""

import asyncio
import multiprocessing
import os
import signal
from typing import cast

from attrs import define, evolve

from adapters.redis.alert_claims import CLAIMED_MS, AlertClaims
from adapters.redis.scripts import SingleUse, load_scripts
from application.watch_for_alerts import WatchForAlerts
from domain.alerts import Change, Notice
from entrypoints.alert_watch import AlertWatch
from tests.support.redis_server import RedisServer, free_port
from tests.support.worlds import link_to

NOTICE = Notice(alert="cap_near", change=Change.RAISED, subject="portal", value=93.5, at=2, since=1)


@define
class Naming:
    """In the place of a look: says whose it was, and fails all the same."""

    out: int

    async def execute(self) -> None:
        os.write(self.out, b"%d\n" % os.getpid())
        raise LookupError("a look that fails")


def work(watch: AlertWatch) -> None:
    async def serve() -> None:
        watch.start()
        await asyncio.Event().wait()

    asyncio.run(serve())


def test_one_process_looks_time_and_again_and_another_when_it_has_died() -> None:
    reader, writer = os.pipe()
    watch = AlertWatch(cast("WatchForAlerts", Naming(writer)), seconds=0.01)
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=work, args=(watch,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    with os.fdopen(reader) as looks:
        first = {int(looks.readline()) for _ in range(10)}
        assert len(first) == 1
        (dying,) = first
        os.kill(dying, signal.SIGKILL)
        while (second := int(looks.readline())) in first:
            pass
        assert {int(looks.readline()) for _ in range(10)} == {second}
    os.close(writer)
    for worker in workers:
        worker.kill()
        worker.join()


def test_of_two_servers_one_tells_and_of_another_change_one_again(
    redis_server: RedisServer,
) -> None:
    async def claim() -> list[bool]:
        links = [link_to(redis_server.port, timeout_seconds=10) for _ in range(2)]
        scripts = load_scripts(SingleUse.STRICT)
        servers = [AlertClaims(link, scripts) for link in links]
        notices = [NOTICE, evolve(NOTICE, change=Change.RESOLVED), evolve(NOTICE, subject="other")]
        answers = [await server.is_ours(notice) for notice in notices for server in servers]
        for link in links:
            await link.close()
        return answers

    assert asyncio.run(claim()) == [True, False] * 3
    with redis_server.client() as redis:
        lives = [redis.pttl(key) for key in redis.keys("fg:{.alerts}:*")]
    assert len(lives) == 3
    assert all(0 < life <= CLAIMED_MS for life in lives)


def test_without_redis_every_server_tells() -> None:
    async def claim() -> bool:
        link = link_to(free_port())
        ours = await AlertClaims(link, load_scripts(SingleUse.STRICT)).is_ours(NOTICE)
        await link.close()
        return ours

    assert asyncio.run(claim())
