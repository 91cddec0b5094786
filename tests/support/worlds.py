"""Worlds: a store with a clock that a test steps, behind one face for all stores."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterable, Sequence
from functools import cache
from typing import Any, NoReturn, TypeVar

import attrs

from adapters.memory.control import MemoryControl
from adapters.memory.sessions import MemorySessions
from adapters.memory.snapshots import MemorySnapshots
from adapters.memory.usage import MemoryUsage
from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.carrier import Carrier
from adapters.redis.client import make_carrier
from adapters.redis.control import RedisControl
from adapters.redis.grants import RedisGrants
from adapters.redis.link import RedisLink
from adapters.redis.scripts import Script, Scripts, SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from adapters.redis.snapshots import RedisSnapshots
from adapters.redis.usage import RedisUsage
from adapters.system import SystemRandomness
from application.control_ports import SessionControl
from application.ports import Clock, GrantRepository, SessionRepository
from application.snapshot_ports import SnapshotStore
from application.usage_ports import UsageLedger
from domain.attempt import Attempt
from domain.figures import CleanUp, Figures
from domain.grant import Grant, Granting
from domain.listing import Ended, Listed, Listing, Page, Position
from domain.opening import Batch, Opened, OpenedBatch, Opening
from domain.payload import Payload
from domain.rate import Rate
from domain.record import Record
from domain.refusal import Refusal
from domain.repeat import Repeat
from domain.session import MOST_REMEMBERED, Session
from domain.session_id import Digest
from domain.snapshot import Part, PutBack
from domain.usage import DAY_MS, Counted
from tests.support.fake_redis import FakeCarrier

START = 1_700_000_000_000
"""Another hash of a client in which something is counted."""

T = TypeVar("T")


class SteppedClock(Clock):
    def __init__(self) -> None:
        self.time = START

    def now(self) -> int:
        return self.time


class World(ABC):
    """A repository, run from plain functions, and the two things that change around it."""

    sessions: SessionRepository
    grants: GrantRepository
    control: SessionControl
    ledger: UsageLedger
    snapshots: SnapshotStore

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    @abstractmethod
    def advance(self, ms: int) -> None:
        """Let time pass in the store."""

    @abstractmethod
    def fail_over(self) -> None:
        """Give the store another incarnation."""

    @abstractmethod
    def lose_everything(self) -> None:
        """Let the store forget all it knows; time goes on."""

    def run(self, operation: Coroutine[object, object, T]) -> T:
        return self._runner.run(operation)

    def create(
        self,
        digest: Digest,
        *,
        ttl_ms: int = 60_000,
        cap: int = 1000,
        payload: Payload = Payload(),
        client: str = "portal",
    ) -> Session:
        return self.open(digest, ttl_ms=ttl_ms, cap=cap, payload=payload, client=client).session

    def open(
        self,
        digest: Digest,
        *,
        ttl_ms: int = 60_000,
        cap: int = 1000,
        payload: Payload = Payload(),
        client: str = "portal",
        rate: Rate | None = None,
        repeat: Repeat | None = None,
    ) -> Opened:
        return self.run(
            self.sessions.create(
                Opening(
                    client=client,
                    digest=digest,
                    ttl_ms=ttl_ms,
                    cap=cap,
                    payload=payload,
                    rate=rate,
                    repeat=repeat,
                )
            )
        )

    def open_many(
        self,
        digests: Sequence[Digest],
        *,
        ttl_ms: int = 60_000,
        cap: int = 1000,
        payload: Payload = Payload(),
        client: str = "portal",
        rate: Rate | None = None,
        repeat: Repeat | None = None,
    ) -> OpenedBatch:
        return self.run(
            self.sessions.create_many(
                Batch(
                    client=client,
                    digests=tuple(digests),
                    ttl_ms=ttl_ms,
                    cap=cap,
                    payload=payload,
                    rate=rate,
                    repeat=repeat,
                )
            )
        )

    def redeem(
        self,
        digest: Digest,
        client: str = "portal",
        attempt: Attempt | None = None,
        granting: Granting | None = None,
        region: str = "",
    ) -> Session:
        redeem = self.sessions.redeem(
            client, digest, attempt=attempt, granting=granting, region=region
        )
        return self.run(redeem)

    def refuse(
        self, attempt: Attempt | None = None, region: str = "", client: str = "portal"
    ) -> NoReturn:
        self.run(self.sessions.refuse(client, Refusal.MISMATCH, attempt=attempt, region=region))

    def usage(
        self, client: str = "portal", *, first_day: int = START // DAY_MS, days: int = 2
    ) -> dict[tuple[int, Counted, str], int]:
        counts = self.run(self.ledger.counts(client, first_day, first_day + days - 1))
        told = {(c.hour, c.what, c.region): c.many for c in counts}
        assert len(told) == len(counts)
        return told

    def use_grant(self, session: Digest, token: Digest, client: str = "portal") -> Grant:
        return self.run(self.grants.use(client, (session, token)))

    def replace_grant(self, session: Digest, token: Digest, client: str = "portal") -> Grant:
        return self.run(self.grants.replace(client, session, token))

    def revoke_grant(self, session: Digest, client: str = "portal") -> bool:
        return self.run(self.grants.revoke(client, session))

    def revoke(self, digest: Digest, client: str = "portal") -> Session:
        return self.run(self.sessions.revoke(client, digest))

    def find(self, fingerprint: str, client: str = "portal") -> Sequence[Record]:
        return self.run(self.control.find(client, fingerprint))

    def find_each(self, fingerprints: Iterable[str]) -> list[Sequence[Record]]:
        """Look for all at the same time, which a store far away answers in one go."""
        return self._together([self.control.find("portal", one) for one in fingerprints])

    def page(
        self,
        listed: Listed,
        *,
        subject: str | None = None,
        after: Position | None = None,
        most: int = 1000,
        client: str = "portal",
    ) -> Page:
        return self.run(self.control.page(client, Listing(listed, subject), after, most))

    def listed(
        self, listed: Listed, *, subject: str | None = None, most: int = 1000
    ) -> list[Record]:
        """List all, so many a page."""
        return self.run(self._pages(Listing(listed, subject), most))

    def listed_each(self, asked: Iterable[tuple[Listed, str | None, int]]) -> list[list[Record]]:
        """List all of each at the same time: what, of which subject, and how many a page."""
        return self._together(
            [self._pages(Listing(listed, subject), most) for listed, subject, most in asked]
        )

    async def _pages(self, listing: Listing, most: int) -> list[Record]:
        page = await self.control.page("portal", listing, None, most)
        records, ends = list(page.records), {page.end}
        while page.end is not None:
            page = await self.control.page("portal", listing, page.end, most)
            assert len(page.records) <= most
            assert page.end not in ends, "it goes round in circles"
            ends.add(page.end)
            records += page.records
        return records

    def _together(self, operations: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        async def answers() -> list[T]:
            return await asyncio.gather(*operations)

        return self.run(answers())

    def revoke_subject(self, subject: str, client: str = "portal") -> Ended:
        return self.run(self.control.revoke_subject(client, subject))

    def revoke_all(self, client: str = "portal") -> Ended:
        return self.run(self.control.revoke_all(client))

    def read(self, client: str = "portal", *, final: bool = False) -> list[Part]:
        async def parts() -> list[Part]:
            return [part async for part in self.snapshots.read(client, final=final)]

        return self.run(parts())

    def put_back(self, parts: Sequence[Part], *, final: bool = False) -> PutBack:
        done = PutBack()
        for part in parts:
            done += self.run(self.snapshots.put_back(part, final=final))
        return done

    def figures(self, client: str = "portal") -> Figures:
        return self.run(self.sessions.figures(client))

    def clean_up(self, client: str = "portal") -> CleanUp:
        return self.run(self.sessions.clean_up(client))

    def close(self) -> None:
        self._runner.close()


class MemoryWorld(World):
    def __init__(self, most_remembered: int = MOST_REMEMBERED) -> None:
        super().__init__()
        self._clock = SteppedClock()
        self._most_remembered = most_remembered
        self._lives = 0
        self.lose_everything()

    def lose_everything(self) -> None:
        life = f"life {self._lives}"
        self._store = MemorySessions(self._clock, life, self._most_remembered)
        self.sessions = self._store
        self.grants = self._store.grants
        self.control = MemoryControl(self._store)
        self.ledger = MemoryUsage(self._store)
        self.snapshots = MemorySnapshots(self._store)

    def advance(self, ms: int) -> None:
        self._clock.time += ms

    def fail_over(self) -> None:
        self._lives += 1
        self._store.incarnation = f"life {self._lives}"


# The time and the incarnation travel with each call, as its last arguments: keys would have
# to be in the slot of the client's own, which in a Cluster is another for each.
TIME_LUA = "local function store_time() return tonumber(ARGV[#ARGV - 1]) end"
FENCE_LUA = "local function store_incarnation() return ARGV[#ARGV] end"


class SteppedLink(RedisLink):
    """Tells the store what time and whose life it is."""

    time = START
    life = 0

    async def run(
        self, script: Script, keys: Sequence[bytes], arguments: Sequence[bytes | int]
    ) -> Any:
        return await super().run(script, keys, (*arguments, self.time, self.life))


class StoreClock(Clock):
    """Goes as the store's."""

    def __init__(self, link: SteppedLink) -> None:
        self._link = link

    def now(self) -> int:
        return self._link.time


@cache
def _scripts(single_use: SingleUse, fence: str | None) -> Scripts:
    return load_scripts(single_use, time=TIME_LUA, fence=fence)


def with_slip(scripts: Scripts, right: str, wrong: str) -> Scripts:
    """Put a mistake into the scripts, to see whether a test notices."""
    all_of_them: tuple[Script, ...] = attrs.astuple(scripts, recurse=False)
    assert any(right in script.text for script in all_of_them), f"no script has {right!r}"
    return Scripts(*(Script(s.name, s.text.replace(right, wrong)) for s in all_of_them))


class RedisWorld(World):
    """Redis with the clock, and where asked for the incarnation, in the test's hands."""

    def __init__(
        self,
        carrier: Carrier,
        single_use: SingleUse,
        *,
        stepped_incarnation: bool = False,
        most_remembered: int = MOST_REMEMBERED,
        slip: tuple[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.link = SteppedLink(carrier, deadline_seconds=30)
        scripts = _scripts(single_use, FENCE_LUA if stepped_incarnation else None)
        if slip is not None:
            scripts = with_slip(scripts, *slip)
        self.sessions = RedisSessions(self.link, scripts, most_remembered)
        self.grants = RedisGrants(self.link, scripts)
        self.control = RedisControl(
            self.link, scripts, SystemRandomness(), most_remembered=most_remembered
        )
        self.ledger = RedisUsage(self.link)
        self.snapshots = RedisSnapshots(
            self.link, scripts, StoreClock(self.link), most_remembered=most_remembered
        )
        self.lose_everything()

    def lose_everything(self) -> None:
        self.run(self.link.ask_each("FLUSHALL"))

    def advance(self, ms: int) -> None:
        self.link.time += ms

    def fail_over(self) -> None:
        self.link.life += 1

    def forget_scripts(self) -> None:
        self.run(self.link.ask_each("SCRIPT", "FLUSH"))

    def close(self) -> None:
        self.run(self.link.close())
        super().close()


def fake_world() -> RedisWorld:
    return RedisWorld(FakeCarrier(), SingleUse.DURABLE)


def real_world(
    address: RedisAddress,
    single_use: SingleUse = SingleUse.STRICT,
    *,
    stepped_incarnation: bool = False,
    most_remembered: int = MOST_REMEMBERED,
    slip: tuple[str, str] | None = None,
) -> RedisWorld:
    return RedisWorld(
        make_carrier(address, RedisLimits(timeout_seconds=30)),
        single_use,
        stepped_incarnation=stepped_incarnation,
        most_remembered=most_remembered,
        slip=slip,
    )


def link_to(port: int, *, timeout_seconds: float = 0.3, in_flight: int = 1024) -> RedisLink:
    return RedisLink.to(
        RedisAddress(host="127.0.0.1", port=port),
        RedisLimits(timeout_seconds=timeout_seconds, in_flight=in_flight),
    )
