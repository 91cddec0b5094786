"""Creators without end while workers are killed: the cap holds, and what a crash took returns."""

import asyncio
import os
import random
import signal
from collections import Counter
from pathlib import Path

import redis
from attrs import Factory, define

from adapters.redis.keys import keys_of
from tests.faults.kinds import Scale, Serve, TakeFigure
from tests.faults.line import Line
from tests.support.framegate_server import KEYS, FramegateServer, bearer, write_clients
from tests.support.http_call import call
from tests.support.redis_server import RedisServer
from tests.support.waiting import until

ACTIVE, COUNTERS = keys_of("portal")[0], keys_of("portal")[6]
CREATORS = 200
CAP = 50
TTL_SECONDS = 2
WORKERS = 3
PATIENCE = 60.0

# In one step, or an entry that expires between the two would count beside its successor.
COUNT_ACTIVE = f"""
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZCOUNT', '{ACTIVE.decode()}', '(' .. string.format('%.0f', now), '+inf')
"""


@define
class Crowd:
    """Creators, each with a connection of its own that is made again when it breaks."""

    url: str
    statuses: Counter[int] = Factory(Counter)
    cut_off: int = 0
    over: bool = False

    async def create_without_end(self) -> None:
        while not self.over:
            try:
                line = await Line.open(self.url)
            except OSError:
                self.cut_off += 1
                continue
            try:
                await self._create_on(line)
            except (OSError, asyncio.IncompleteReadError):
                self.cut_off += 1
            finally:
                line.close()

    async def _create_on(self, line: Line) -> None:
        while line.reusable and not self.over:
            answer = await line.ask(
                "POST", "/auth/create-session", key=KEYS.portal, body={"ttl_seconds": TTL_SECONDS}
            )
            self.statuses[answer.status] += 1
            if answer.status == 200:  # free the slot, so that there is always one to fight for
                path = f"/auth/validate-session?session_id={answer.fields['session_id']}"
                await line.ask("GET", path)


class Watch:
    """Looks at Redis itself, again and again, for the most that was ever active."""

    def __init__(self, redis: "redis.Redis") -> None:
        self._count = redis.register_script(COUNT_ACTIVE)
        self.looks = 0
        self.most = 0

    def look(self) -> int:
        active = int(self._count())
        self.looks += 1
        self.most = max(self.most, active)
        return active

    async def keep_looking(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(0.002)


def workers_of(server: FramegateServer) -> list[int]:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


async def kill_workers(
    server: FramegateServer, crowd: Crowd, kills: int, rng: random.Random
) -> None:
    """Kill a worker whenever all are there and some hundred more answers have come."""
    for _ in range(kills):
        answers = crowd.statuses.total() + rng.randrange(100, 300)
        async with asyncio.timeout(PATIENCE):
            while len(workers_of(server)) < WORKERS or crowd.statuses.total() < answers:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        os.kill(rng.choice(workers_of(server)), signal.SIGKILL)


async def crowd_and_crashes(
    server: FramegateServer, watch: Watch, kills: int, rng: random.Random
) -> Crowd:
    crowd = Crowd(server.url)
    watching = asyncio.create_task(watch.keep_looking())
    async with asyncio.TaskGroup() as creators:
        for _ in range(CREATORS):
            creators.create_task(crowd.create_without_end())
        try:
            await kill_workers(server, crowd, kills, rng)
        finally:
            crowd.over = True
    watching.cancel()
    return crowd


def test_the_cap_holds_while_workers_are_killed_and_lost_slots_return_within_the_ttl(
    tmp_path: Path,
    serve: Serve,
    redis_server: RedisServer,
    seeded: random.Random,
    scale: Scale,
    figure: TakeFigure,
) -> None:
    kills = scale(4, 40)
    clients = write_clients(tmp_path / "capped.toml", f"session_cap = {CAP}")
    settings = {"CLIENTS_FILE": str(clients), "WORKERS": str(WORKERS), "REDIS_TIMEOUT_MS": "5000"}
    with serve(**settings) as server, redis_server.client() as client:
        watch = Watch(client)
        crowd = asyncio.run(crowd_and_crashes(server, watch, kills, seeded))
        seconds, microseconds = client.time()
        ended_at = seconds * 1000 + microseconds / 1000

        for _, expires_at in client.zrange(ACTIVE, -1, -1, withscores=True):
            assert expires_at <= ended_at + TTL_SECONDS * 1000
        until("all slots have returned", lambda: not watch.look(), PATIENCE)
        create = f"{server.url}/auth/create-session"
        again = Counter(
            call("POST", create, headers=bearer(KEYS.portal)).status for _ in range(CAP + 5)
        )
        made = int(client.hget(COUNTERS, "created") or 0)
        lost = made - CAP - crowd.statuses[200]
    assert watch.most == CAP
    assert set(crowd.statuses) <= {200, 429, 503}  # so many at once may be too many
    assert again == {200: CAP, 429: 5}
    assert crowd.cut_off
    assert lost >= 0
    figure(
        "cap under crashes",
        f"never above {CAP} in {watch.looks:,} looks at Redis, {CREATORS} creators, "
        f"{crowd.statuses.total():,} answers, {kills} workers killed; {lost} slots lost to "
        f"crashes, all free again within the TTL of {TTL_SECONDS} s",
    )
