"""Redis killed and started again, however it writes to disk: no session is redeemed twice."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from itertools import count

import pytest
from attrs import Factory, define

from tests.faults.kinds import Scale, Serve, TakeFigure
from tests.faults.line import Line
from tests.faults.redeeming import address
from tests.support.framegate_server import KEYS
from tests.support.redis_server import RedisServer

RACERS = 8
PATIENCE = 60.0

NO_PERSISTENCE = ("--appendonly", "no", "--save", "")
SNAPSHOT = "RDB, saved before the redeems"
AOF_EVERYSEC = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "")
AOF_ALWAYS = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")


@define
class Rounds:
    """Rounds of create, redeem, kill, redeem again; ``wins`` counts the 200s of each id."""

    redis_server: RedisServer
    url: str
    rng: random.Random
    snapshot: bool  # one that knows the sessions and none of the redeems
    wins: Counter[str] = Factory(Counter)
    unknown: int = 0
    ids: int = 0
    _askers: Iterator[int] = Factory(count)

    @property
    def twice(self) -> int:
        return sum(wins > 1 for wins in self.wins.values())

    async def run(self, kills: int, ids_a_round: int) -> None:
        lines = [await Line.open(self.url) for _ in range(RACERS)]
        for _ in range(kills):
            ids = [await self._create(lines[0]) for _ in range(ids_a_round)]
            self.ids += len(ids)
            if self.snapshot:
                with self.redis_server.client() as redis:
                    redis.save()
            await self._redeem_through_a_kill(lines, ids)
            self.redis_server.start()
            todo = iter(ids)
            await asyncio.gather(*(self._redeem_again(line, todo) for line in lines))
        for line in lines:
            line.close()

    async def _create(self, line: Line) -> str:
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await line.ask("POST", "/auth/create-session", key=KEYS.portal)
                if answer.status == 200:
                    return str(answer.fields["session_id"])
                assert answer.status == 503

    async def _redeem_through_a_kill(self, lines: list[Line], ids: list[str]) -> None:
        """Redeem all of them, each by two, and kill Redis with some answers still to come."""
        attempts = iter([session_id for session_id in ids for _ in range(2)])
        kill_at = self.rng.randrange(len(ids) // 2, 2 * len(ids) - RACERS)
        answered = 0

        async def race(line: Line) -> None:
            nonlocal answered
            for session_id in attempts:
                await self._redeem(line, session_id)
                answered += 1
                if answered == kill_at:
                    self.redis_server.kill()

        await asyncio.gather(*(race(line) for line in lines))

    async def _redeem_again(self, line: Line, ids: Iterator[str]) -> None:
        for session_id in ids:
            async with asyncio.timeout(PATIENCE):
                while await self._redeem(line, session_id) == 503:
                    pass

    async def _redeem(self, line: Line, session_id: str) -> int:
        path = address(session_id, next(self._askers))
        status = (await line.ask("GET", path)).status
        assert status in {200, 401, 503}
        self.wins[session_id] += status == 200
        self.unknown += status == 503
        return status


@pytest.mark.parametrize(
    ("redis_options", "single_use", "promise"),
    [
        pytest.param(NO_PERSISTENCE, "strict", "no persistence", id="no persistence"),
        pytest.param(NO_PERSISTENCE, "strict", SNAPSHOT, id="snapshot"),
        pytest.param(AOF_EVERYSEC, "strict", "AOF everysec", id="everysec"),
        pytest.param(AOF_ALWAYS, "strict", "AOF always", id="always"),
        pytest.param(AOF_ALWAYS, "durable", "AOF always, SINGLE_USE=durable", id="durable"),
    ],
)
def test_no_session_is_redeemed_twice_when_redis_is_killed(
    redis_server: RedisServer,
    serve: Serve,
    seeded: random.Random,
    scale: Scale,
    figure: TakeFigure,
    single_use: str,
    promise: str,
) -> None:
    kills, ids_a_round = scale(2, 50), scale(10, 100)
    with serve(SINGLE_USE=single_use) as server:
        rounds = Rounds(redis_server, server.url, seeded, snapshot=promise == SNAPSHOT)
        asyncio.run(rounds.run(kills, ids_a_round))
    assert rounds.twice == 0
    # The look is worth something only where redeems were won and others were cut off.
    assert rounds.wins.total()
    assert rounds.unknown
    figure(
        f"restart, {promise}: redeemed twice",
        f"0 of {rounds.ids:,} ids, {kills} kills; {rounds.wins.total():,} were redeemed, "
        f"{rounds.unknown:,} attempts were answered 503",
    )


@pytest.mark.parametrize("redis_options", [NO_PERSISTENCE])
def test_the_same_without_the_fence_shows_that_these_rounds_can_see_the_fault(
    redis_server: RedisServer, serve: Serve, seeded: random.Random, figure: TakeFigure
) -> None:
    with serve(SINGLE_USE="durable") as server:
        rounds = Rounds(redis_server, server.url, seeded, snapshot=True)
        asyncio.run(rounds.run(1, 10))
    assert rounds.twice
    figure(
        f"restart, {SNAPSHOT}, fence off: redeemed twice (what the rounds can see)",
        f"{rounds.twice} of {rounds.ids}",
    )
