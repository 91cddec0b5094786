# ruff: noqa: ARG002 a store that is away looks at nothing
"""A fake for each port. Each subclasses its port by name, as the adapters do."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import NoReturn

from adapters.memory.sessions import MemorySessions
from application.alert_ports import AlertSink
from application.audit_ports import AuditTrail
from application.control_ports import SessionControl
from application.ports import (
    ClientDirectory,
    Clock,
    EventSink,
    Finding,
    Randomness,
    RegionResolver,
    SessionRepository,
    StoreHealth,
    StoreInspection,
    StoreUnavailable,
)
from domain.alerts import Notice
from domain.attempt import Attempt
from domain.audit import Entry, Stretch
from domain.client import Admin, Caller, Client
from domain.events import Event
from domain.figures import CleanUp, Figures
from domain.grant import Granting
from domain.key import digest_key
from domain.listing import Ended, Listing, Page, Position
from domain.opening import Batch, Opened, OpenedBatch, Opening
from domain.rate import Rate
from domain.record import Record
from domain.refusal import Refusal
from domain.session import Session
from domain.session_id import Digest

START = 1_700_000_000_000
REMOTE = "192.0.2.7"


class SteppedClock(Clock):
    """Stands still until it is stepped."""

    def __init__(self, time: int = START) -> None:
        self.time = time

    def now(self) -> int:
        return self.time

    def step(self, ms: int) -> None:
        self.time += ms


class CountingRandomness(Randomness):
    """Digests a count where the real one is random, and so never repeats itself."""

    def __init__(self) -> None:
        self.given: list[bytes] = []

    def secret(self, size: int) -> bytes:
        self.given.append(hashlib.shake_128(bytes([len(self.given)])).digest(size))
        return self.given[-1]


class RepeatingRandomness(Randomness):
    """A broken generator."""

    def secret(self, size: int) -> bytes:
        return b"\7" * size


class RecordingSink(EventSink):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)


class Regions(RegionResolver):
    """Believes the field ``Country``, whatever is in it."""

    def region(self, remote: str, told: Mapping[str, str]) -> str:
        return told.get("Country", "")


class Pager(AlertSink):
    """Keeps what an operator is called for."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    def tell(self, notice: Notice) -> None:
        self.notices.append(notice)


class Directory(ClientDirectory):
    """Holds clients and admins by the keys that a test names."""

    def __init__(
        self,
        *clients: Client,
        keys: dict[str, Caller] | None = None,
        admins: Sequence[Admin] = (),
    ) -> None:
        self._clients = clients
        self.listed_admins = admins
        self._by_digest = {digest_key(key): caller for key, caller in (keys or {}).items()}

    def holder(self, key_digest: str | None) -> Caller | None:
        return None if key_digest is None else self._by_digest.get(key_digest)

    def by_tag(self, tag: str) -> Client | None:
        return next((client for client in self._clients if client.tag == tag), None)

    def clients(self) -> Sequence[Client]:
        return self._clients

    def admins(self) -> Sequence[Admin]:
        return self.listed_admins


class WatchedSessions(SessionRepository):
    """The store in memory, with a list of what it was asked."""

    def __init__(self, clock: Clock) -> None:
        self.inner = MemorySessions(clock)
        self.asked: list[tuple[object, ...]] = []
        self.rates: list[Rate | None] = []
        self.attempts: list[Attempt | None] = []
        self.regions: list[str] = []

    async def create(self, opening: Opening) -> Opened:
        o = opening
        self.asked.append(("create", o.client, o.digest, o.ttl_ms, o.cap, o.payload))
        self.rates.append(o.rate)
        return await self.inner.create(opening)

    async def create_many(self, batch: Batch) -> OpenedBatch:
        b = batch
        self.asked.append(("create_many", b.client, b.digests, b.ttl_ms, b.cap, b.payload))
        self.rates.append(b.rate)
        return await self.inner.create_many(batch)

    async def redeem(
        self,
        client: str,
        digest: Digest,
        *,
        attempt: Attempt | None = None,
        granting: Granting | None = None,
        region: str = "",
    ) -> Session:
        self.asked.append(("redeem", client, digest))
        self.attempts.append(attempt)
        self.regions.append(region)
        return await self.inner.redeem(
            client, digest, attempt=attempt, granting=granting, region=region
        )

    async def refuse(
        self, client: str, reason: Refusal, *, attempt: Attempt | None = None, region: str = ""
    ) -> NoReturn:
        self.asked.append(("refuse", client, reason))
        self.attempts.append(attempt)
        self.regions.append(region)
        await self.inner.refuse(client, reason, attempt=attempt, region=region)

    async def revoke(self, client: str, digest: Digest) -> Session:
        self.asked.append(("revoke", client, digest))
        return await self.inner.revoke(client, digest)

    async def figures(self, client: str) -> Figures:
        self.asked.append(("figures", client))
        return await self.inner.figures(client)

    async def clean_up(self, client: str) -> CleanUp:
        self.asked.append(("clean_up", client))
        return await self.inner.clean_up(client)


class AwaySessions(SessionRepository):
    """A store that gives no answer, whatever it is asked."""

    async def create(self, opening: Opening) -> Opened:
        raise StoreUnavailable("away")

    async def create_many(self, batch: Batch) -> OpenedBatch:
        raise StoreUnavailable("away")

    async def redeem(
        self,
        client: str,
        digest: Digest,
        *,
        attempt: Attempt | None = None,
        granting: Granting | None = None,
        region: str = "",
    ) -> Session:
        raise StoreUnavailable("away")

    async def refuse(
        self, client: str, reason: Refusal, *, attempt: Attempt | None = None, region: str = ""
    ) -> NoReturn:
        raise StoreUnavailable("away")

    async def revoke(self, client: str, digest: Digest) -> Session:
        raise StoreUnavailable("away")

    async def figures(self, client: str) -> Figures:
        raise StoreUnavailable("away")

    async def clean_up(self, client: str) -> CleanUp:
        raise StoreUnavailable("away")


class AwayControl(SessionControl):
    """The same store, asked for something else."""

    async def find(self, client: str, fingerprint: str) -> Sequence[Record]:
        raise StoreUnavailable("away")

    async def page(self, client: str, listing: Listing, after: Position | None, most: int) -> Page:
        raise StoreUnavailable("away")

    async def revoke_subject(self, client: str, subject: str) -> Ended:
        raise StoreUnavailable("away")

    async def revoke_all(self, client: str) -> Ended:
        raise StoreUnavailable("away")


class AwayTrail(AuditTrail):
    """The same store, asked for what was audited."""

    def start_of(self, at: int) -> str:
        return str(at)

    async def after(self, position: str, most: int, only: Collection[str] = ()) -> Stretch:
        raise StoreUnavailable("away")

    async def latest(self, count: int) -> Sequence[Entry]:
        raise StoreUnavailable("away")


class Health(StoreHealth):
    """Well until a test says what is wrong."""

    def __init__(self, problem: str | None = None) -> None:
        self.problem = problem

    async def check(self) -> None:
        if self.problem is not None:
            raise StoreUnavailable(self.problem)


class Inspection(StoreInspection):
    """Finds what a test puts there."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings

    async def inspect(self) -> Sequence[Finding]:
        return self.findings
