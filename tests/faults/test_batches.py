"""Many sessions at once are all there or none, whoever races and whatever is cut."""

import asyncio
import multiprocessing
import random
from collections import Counter
from contextlib import suppress
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

from adapters.redis.keys import keys_of
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from application.ports import StoreUnavailable
from domain.opening import Batch
from domain.session_id import Digest
from tests.faults.cuts import Moment, Sizes, forget
from tests.faults.fault import Fault
from tests.faults.kinds import Scale, Serve, TakeFigure
from tests.faults.line import Line
from tests.faults.proxy import FaultyProxy
from tests.support.framegate_server import KEYS, bearer, write_clients
from tests.support.http_call import Answer, call
from tests.support.redis_server import RedisServer
from tests.support.waiting import until
from tests.support.worlds import link_to

ACTIVE, COUNTERS = keys_of("portal")[0], keys_of("portal")[6]
CREATE_MANY = "/auth/create-sessions"
CAP = 50
SIZE = 7
RACERS = (4, 4, 3)
"""How many race in each process."""
PATIENCE = 60.0


async def _race(url: str, count: int, barrier: Barrier, rounds: int) -> Counter[str]:
    lines = [await Line.open(url) for _ in range(count)]
    outcomes: Counter[str] = Counter()
    for _ in range(rounds):
        barrier.wait(timeout=PATIENCE)  # all set off at the same moment
        asked = (
            line.ask("POST", CREATE_MANY, key=KEYS.portal, body={"count": SIZE}) for line in lines
        )
        answers = await asyncio.gather(*asked)
        outcomes.update(answer.fields.get("code", "created") for answer in answers)
        ids = [one["session_id"] for a in answers for one in a.fields.get("sessions", ())]
        barrier.wait(timeout=PATIENCE)  # and all have been told
        for session_id in ids:
            answer = await lines[0].ask("GET", f"/auth/validate-session?session_id={session_id}")
            outcomes[f"redeemed {answer.status}"] += 1
    for line in lines:
        line.close()
    return outcomes


def _run(
    url: str, count: int, barrier: Barrier, rounds: int, out: "multiprocessing.Queue[Counter[str]]"
) -> None:
    out.put(asyncio.run(_race(url, count, barrier, rounds)))


def test_of_batches_that_race_for_the_cap_as_many_win_as_fit_whole(
    tmp_path: Path, serve: Serve, scale: Scale, figure: TakeFigure
) -> None:
    rounds, fit = scale(4, 500), CAP // SIZE
    capped = str(write_clients(tmp_path / "capped.toml", f"session_cap = {CAP}"))
    context = multiprocessing.get_context("spawn")
    barrier, out = context.Barrier(len(RACERS)), context.Queue()
    with serve(WORKERS="2", CLIENTS_FILE=capped) as server:
        racers = [
            context.Process(target=_run, args=(server.url, count, barrier, rounds, out))
            for count in RACERS
        ]
        for racer in racers:
            racer.start()
        outcomes = sum((out.get(timeout=PATIENCE * rounds) for _ in racers), Counter[str]())
        for racer in racers:
            racer.join()
        status = call("GET", f"{server.url}/auth/session-status", headers=bearer(KEYS.portal))
    assert outcomes == {
        "created": fit * rounds,
        "session_cap_reached": (sum(RACERS) - fit) * rounds,
        "redeemed 200": fit * SIZE * rounds,
    }
    assert status.fields["total_created"] == fit * SIZE * rounds
    figure(
        "batches racing for the cap",
        f"{fit} of {sum(RACERS)} batches of {SIZE} won under a cap of {CAP}, "
        f"in {rounds:,} of {rounds:,} rounds",
    )


def test_a_batch_that_is_cut_off_has_opened_all_its_sessions_or_none(
    redis_server: RedisServer, seeded: random.Random, scale: Scale, figure: TakeFigure
) -> None:
    cuts, size = scale(30, 1_000), 200
    opened = 0

    async def cut_batches(proxy: FaultyProxy) -> None:
        nonlocal opened
        link = link_to(proxy.port, timeout_seconds=10)
        sessions = RedisSessions(link, load_scripts(SingleUse.STRICT))

        async def create(name: str) -> tuple[Digest, ...]:
            digests = tuple(Digest.of(f"{name} {n}") for n in range(size))
            batch = Batch(client="portal", digests=digests, ttl_ms=60_000, cap=10_000_000)
            await sessions.create_many(batch)
            return digests

        async def create_until_told(name: str) -> None:
            async with asyncio.timeout(PATIENCE):
                for attempt in range(1_000_000):
                    with suppress(StoreUnavailable):
                        await create(f"{name}, {attempt}")
                        return

        await create("warm-up")
        forget(proxy)
        await create("another")
        sizes = Sizes.of_the_last(proxy)
        with redis_server.client() as redis:
            for number in range(cuts):
                await create_until_told(f"before {number}")
                before, moment = redis.zcard(ACTIVE), seeded.choice(list(Moment))
                proxy.fault = sizes.cut(moment, seeded)
                with suppress(StoreUnavailable):
                    await create(f"batch {number}")
                    message = f"a batch cut {moment.value} was answered"
                    raise AssertionError(message)
                proxy.release()
                came = redis.zcard(ACTIVE) - before
                assert came in ((size,) if moment.decided else (0,) if moment.undone else (0, size))
                opened += came == size
            assert int(redis.hget(COUNTERS, "created") or 0) == redis.zcard(ACTIVE)
        await link.close()

    with FaultyProxy(redis_server.port) as proxy:
        asyncio.run(cut_batches(proxy))
        assert proxy.cuts >= cuts
    assert 0 < opened < cuts
    figure(
        "lost reply: batches cut off",
        f"{cuts:,} cuts: 0 told as opened, {opened:,} had opened all of {size} sessions, "
        f"{cuts - opened:,} none, 0 a part",
    )


def test_a_batch_whose_answer_was_lost_is_sent_once_and_comes_again_by_its_key(
    redis_server: RedisServer, serve: Serve, scale: Scale
) -> None:
    count, size = scale(5, 200), 4  # together within the cap
    with (
        FaultyProxy(redis_server.port) as proxy,
        # The answer to what it writes of its own accord would be lost before that to a batch.
        serve(REDIS_URL=proxy.url, AUDIT_STREAM_LENGTH="0") as server,
    ):

        def create(number: int) -> Answer:
            headers = {**bearer(KEYS.portal), "Idempotency-Key": f"order-{number}"}
            body = {"count": size}
            return call("POST", server.url + CREATE_MANY, headers=headers, body=body)

        def is_answered(number: int) -> bool:
            return create(number).status == 200

        for number in range(count):
            until("Redis is back", lambda: call("GET", f"{server.url}/readyz").status == 200)
            proxy.fault = Fault.LOSE_REPLIES
            assert create(number).status == 503
            with redis_server.client() as redis:
                assert redis.zcard(ACTIVE) == size * (number + 1)
            proxy.fault = Fault.NONE
            until("it is answered", partial(is_answered, number))
            again, once_more = create(number), create(number)
            assert again.headers["Idempotent-Replayed"] == "true"
            assert again.fields["sessions"] == once_more.fields["sessions"]
        with redis_server.client() as redis:
            assert redis.zcard(ACTIVE) == size * count


def test_a_redis_without_memory_opens_no_part_of_a_batch(
    serve: Serve, redis_server: RedisServer
) -> None:
    with serve() as server, redis_server.client() as redis:

        def create() -> int:
            url, body = server.url + CREATE_MANY, {"count": 1000, "metadata": {"a": "b"}}
            return call("POST", url, headers=bearer(KEYS.portal), body=body).status

        redis.config_set("maxmemory", 1)
        assert [create() for _ in range(3)] == [503] * 3
        assert redis.exists(ACTIVE) == 0
        redis.config_set("maxmemory", 0)
        assert create() == 200
        assert redis.zcard(ACTIVE) == 1000
