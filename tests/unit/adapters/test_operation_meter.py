import asyncio
from contextlib import suppress

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from adapters.metrics.meter import Meter
from adapters.metrics.operation_meter import takes_of
from adapters.redis.breaker import LOST_IN_A_ROW
from adapters.redis.link import RedisLink
from adapters.redis.scripts import Script
from application.ports import StoreUnavailable
from tests.unit.adapters.answering import SILENCE, Answering

REDEEM, FIGURES = Script("redeem", "return 1"), Script("figures", "return 2")

Times = dict[tuple[str, ...], float]


def times(carrier: Answering, *scripts: Script, patience: float = 30) -> Times:
    """Run the scripts, wait so long for each; count those timed, by operation and outcome."""
    meter = Meter()

    async def run_them() -> None:
        link = RedisLink(carrier, 30)
        link.takes = takes_of(meter)
        for script in scripts:
            with suppress(StoreUnavailable, TimeoutError):
                async with asyncio.timeout(patience):
                    await link.run(script, (b"key",), ())

    asyncio.run(run_them())
    timings = meter.state(0).timings
    return {key[1:]: sum(timing[:-1]) for key, timing in timings.items()}


def test_each_answer_is_timed_by_what_was_asked() -> None:
    refused = [b"refused", b"used"]
    counted = times(Answering(1, refused, 2), REDEEM, REDEEM, FIGURES)
    assert counted == {("redeem", "answered"): 2, ("figures", "answered"): 1}


def test_no_answer_is_told_apart_and_so_is_one_that_is_none() -> None:
    carrier = Answering(1, RedisConnectionError("connection lost"), ResponseError("NOPERM"))
    counted = times(carrier, REDEEM, REDEEM, FIGURES)
    assert counted == {
        ("redeem", "answered"): 1,
        ("redeem", "unavailable"): 1,
        ("figures", "unavailable"): 1,
    }


def test_who_stops_waiting_has_had_no_answer() -> None:
    assert times(Answering(SILENCE), REDEEM, patience=0) == {("redeem", "unavailable"): 1}


def test_who_is_turned_away_because_redis_has_not_answered_has_had_none_either() -> None:
    carrier = Answering(RedisConnectionError("connection lost"))
    tries = LOST_IN_A_ROW + 1
    assert times(carrier, *[REDEEM] * tries) == {("redeem", "unavailable"): tries}
    assert len(carrier.sent) == LOST_IN_A_ROW


def test_a_link_that_nobody_measures_takes_no_times() -> None:
    async def run() -> object:
        return await RedisLink(Answering(7), 30).run(REDEEM, (b"key",), ())

    assert asyncio.run(run()) == 7
