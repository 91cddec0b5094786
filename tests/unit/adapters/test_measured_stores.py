import asyncio

import pytest

from adapters.memory.sessions import MemorySessions
from adapters.metrics.measured import MeasuredSessions
from adapters.metrics.meter import Meter
from application.ports import StoreUnavailable
from domain.grant import Granting
from domain.opening import Opening
from domain.refusal import Refused
from domain.session_id import Digest
from tests.unit.application.fakes import AwaySessions, SteppedClock

A, B = Digest(b"a" * 32), Digest(b"b" * 32)


def times(meter: Meter) -> dict[tuple[str, ...], float]:
    timings = meter.state(0).timings
    return {(op, outcome): sum(timing[:-1]) for (_, op, outcome), timing in timings.items()}


def opening(digest: Digest) -> Opening:
    return Opening(client="portal", digest=digest, ttl_ms=1000, cap=9)


def test_every_operation_is_timed_and_a_refusal_is_an_answer() -> None:
    async def run() -> None:
        await store.create(opening(A))
        await store.redeem("portal", A)
        with pytest.raises(Refused):
            await store.redeem("portal", A)
        await store.figures("portal")

    meter = Meter()
    store = MeasuredSessions(MemorySessions(SteppedClock()), meter)
    asyncio.run(run())

    assert times(meter) == {
        ("create", "answered"): 1,
        ("redeem", "answered"): 2,
        ("figures", "answered"): 1,
    }


def test_a_store_without_an_answer_is_told_apart() -> None:
    meter = Meter()
    store = MeasuredSessions(AwaySessions(), meter)
    with pytest.raises(StoreUnavailable):
        asyncio.run(store.figures("portal"))
    assert times(meter) == {("figures", "unavailable"): 1}


def test_a_grant_is_counted_where_a_redeem_gives_one() -> None:
    async def run() -> None:
        granting = Granting(token=A, ttl_ms=1000, idle_ms=1000, origin="")
        for digest, wanted in ((A, granting), (B, None)):
            await store.create(opening(digest))
            await store.redeem("portal", digest, granting=wanted)
        with pytest.raises(Refused):
            await store.redeem("portal", A, granting=granting)

    meter = Meter()
    store = MeasuredSessions(MemorySessions(SteppedClock()), meter)
    asyncio.run(run())
    assert meter.counts == {("grants_given", "portal"): 1}
