"""The same cuts under a whole server: 503, never a 200 that is not the caller's alone."""

import asyncio
import random
from collections import Counter

import pytest

from adapters.redis.keys import keys_of
from domain.session_id import SessionId
from tests.faults.cuts import Moment, Sizes, forget
from tests.faults.kinds import Scale, Serve, TakeFigure
from tests.faults.line import Line
from tests.faults.proxy import FaultyProxy
from tests.faults.redeeming import WAYS
from tests.support.framegate_server import KEYS
from tests.support.http_call import Answer
from tests.support.redis_server import RedisServer

pytestmark = pytest.mark.usefixtures("transport")

USED = keys_of("portal")[2]
PATIENCE = 60.0


async def create(line: Line) -> Answer:
    return await line.ask("POST", "/auth/create-session", key=KEYS.portal)


async def created(line: Line) -> str:
    """Create until it works: after a fault the server may need a moment."""
    async with asyncio.timeout(PATIENCE):
        while (answer := await create(line)).status == 503:
            pass
    session_id: str = answer.fields["session_id"]
    return session_id


async def redeem(line: Line, session_id: str, way: str) -> int:
    return (await line.ask("GET", f"{way}?session_id={session_id}")).status


async def redeem_until_told(line: Line, session_id: str, way: str) -> int:
    async with asyncio.timeout(PATIENCE):
        while (status := await redeem(line, session_id, way)) == 503:
            pass
    return status


def commands_in(seen: bytes) -> int:
    """Count them: of what a server asks of its own accord the answer may be cut instead."""
    return seen.count(b"\n*") + seen.startswith(b"*")


async def sizes_of_redeem(line: Line, proxy: FaultyProxy, way: str) -> Sizes:
    """Measure it alone: what a server asks of its own accord meanwhile would make it longer."""
    while True:
        session_id = await created(line)
        forget(proxy)
        assert await redeem(line, session_id, way) == 200
        if commands_in(proxy.seen) == 1:
            return Sizes.of_the_last(proxy)


async def sizes_of_create(line: Line, proxy: FaultyProxy) -> Sizes:
    while True:
        forget(proxy)
        assert (await create(line)).status == 200
        if commands_in(proxy.seen) == 1:
            return Sizes.of_the_last(proxy)


@pytest.mark.parametrize("way", WAYS, ids=["a program", "a browser"])
def test_a_cut_is_answered_503_and_the_next_redeem_tells_what_redis_knows(
    serve: Serve,
    redis_server: RedisServer,
    seeded: random.Random,
    scale: Scale,
    figure: TakeFigure,
    way: str,
) -> None:
    cuts = scale(40, 1_000)
    statuses: Counter[tuple[str, int]] = Counter()

    async def cut_redeems_and_creates(url: str, proxy: FaultyProxy) -> None:
        line = await Line.open(url)
        assert await redeem(line, await created(line), way) == 200  # Redis knows the scripts now
        of_redeem = await sizes_of_redeem(line, proxy, way)
        of_create = await sizes_of_create(line, proxy)
        with redis_server.client() as redis:
            for number in range(cuts):
                moment, session_id = seeded.choice(list(Moment)), await created(line)
                if number % 4 == 0:
                    proxy.fault = of_create.cut(moment, seeded)
                    answer = await create(line)
                    assert (answer.status, b"fgs_" in answer.body) == (503, False), moment
                    proxy.release()
                    continue
                forget(proxy)
                proxy.fault = of_redeem.cut(moment, seeded)
                assert await redeem(line, session_id, way) == 503, moment
                proxy.release()
                used = redis.zscore(USED, SessionId(session_id).digest.raw) is not None
                assert used or not (moment.decided and commands_in(proxy.seen) == 1)
                assert not (used and moment.undone)
                status = await redeem_until_told(line, session_id, way)
                assert status in ({401} if used else {200} if moment.undone else {200, 401})
                assert await redeem_until_told(line, session_id, way) == 401
                statuses[moment.value, status] += 1
        line.close()

    with FaultyProxy(redis_server.port) as proxy:
        # What it writes of its own accord soon after would be cut in the place of a redeem.
        with serve(REDIS_URL=proxy.url, AUDIT_STREAM_LENGTH="0") as server:
            asyncio.run(cut_redeems_and_creates(server.url, proxy))
        assert proxy.cuts >= cuts
    assert statuses[Moment.BEFORE.value, 200]
    assert statuses[Moment.REPLY.value, 401]
    figure(
        "lost reply over HTTP",
        f"{cuts:,} cuts: 503 each; of {statuses.total():,} redeems tried again "
        f"{sum(n for (_, status), n in statuses.items() if status == 200):,} were a first "
        "200, all others 401; 0 ids redeemed twice",
    )
