"""Looking one session up, and taking some back, among very many of one client."""

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

import pytest

from adapters.redis.address import RedisLimits
from adapters.redis.control import RedisControl
from adapters.redis.link import RedisLink
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from adapters.system import SystemRandomness
from domain.listing import Ended, Listed, Listing
from domain.opening import Batch
from domain.payload import Payload
from domain.record import State
from domain.session_id import Digest
from tests.faults.kinds import Scale, TakeFigure
from tests.support.redis_server import RedisServer

AT_ONCE = 1000
METADATA = '{"plan":"x"}'

T = TypeVar("T")


class Clock:
    """Takes the time that each operation takes, and how much of it Redis was at work."""

    def __init__(self, redis_server: RedisServer) -> None:
        self.took: dict[str, float] = {}
        self._at_work: dict[str, float] = {}
        self._redis = redis_server.client()

    async def time(self, what: str, operation: Awaitable[T]) -> T:
        at_work, began = self._cpu_seconds(), time.monotonic()
        done = await operation
        self.took[what] = time.monotonic() - began
        self._at_work[what] = self._cpu_seconds() - at_work
        return done

    def close(self) -> None:
        self._redis.close()

    def _cpu_seconds(self) -> float:
        used = self._redis.info("cpu")
        return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])

    def __str__(self) -> str:
        return ", ".join(
            f"{what} {seconds:.2f} s (Redis {self._at_work[what]:.2f} s)"
            for what, seconds in self.took.items()
        )


@pytest.mark.parametrize("redis_options", [("--save", "")], ids=["in memory"])
def test_one_is_looked_up_and_some_are_revoked_among_many(
    redis_server: RedisServer, scale: Scale, figure: TakeFigure
) -> None:
    total = scale(20_000, 1_000_000)
    clock = Clock(redis_server)

    async def go() -> int:
        link = RedisLink.to(redis_server.address, RedisLimits(timeout_seconds=30))
        scripts = load_scripts(SingleUse.STRICT)
        sessions = RedisSessions(link, scripts)
        control = RedisControl(link, scripts, SystemRandomness())
        for at in range(0, total, AT_ONCE):
            digests = tuple(Digest.of(f"one of many {n}") for n in range(at, at + AT_ONCE))
            subject = "ana" if at == total // 2 else f"somebody {at}"
            batch = Batch(
                client="portal",
                digests=digests,
                ttl_ms=3_600_000,
                cap=total,
                payload=Payload(subject, METADATA),
            )
            await sessions.create_many(batch)
        last = Digest.of(f"one of many {total - 1}")
        await link.ask("CONFIG", "SET", "slowlog-log-slower-than", "0")
        await link.ask("CONFIG", "SET", "slowlog-max-len", "100000")
        await link.ask("SLOWLOG", "RESET")
        (found,) = await clock.time("look-up", control.find("portal", last.fingerprint))
        assert (found.digest, found.state) == (last, State.ACTIVE)
        hers = Listing(Listed.ACTIVE, "ana")
        page = await clock.time("list of a subject", control.page("portal", hers, None, 1000))
        assert len(page.records) == AT_ONCE
        ended = await clock.time("revoke a subject", control.revoke_subject("portal", "ana"))
        assert ended == Ended(sessions=AT_ONCE)
        ended = await clock.time("revoke all", control.revoke_all("portal"))
        assert ended == Ended(sessions=total - AT_ONCE)
        slow = await link.ask("SLOWLOG", "GET", "100000")
        await link.close()
        return max(int(entry[2]) for entry in slow if entry[3][0] == b"EVALSHA")

    longest_us = asyncio.run(go())
    clock.close()
    assert max(clock.took.values()) < 60
    figure(
        f"control among {total:,} active sessions of one client",
        f"{clock}; Redis busy with one script for {longest_us / 1000:.1f} ms at the most",
    )
