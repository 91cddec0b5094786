"""Stores that are away, that fail, or that wait; and an application around any of them."""

# ruff: noqa: ARG002 a store that gives no answer asks for nothing either

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from attrs import frozen
from tornado.web import Application

from adapters.clients_file import ClientsFile
from adapters.fanout import Fanout
from adapters.memory.control import MemoryControl
from adapters.memory.grants import MemoryGrants
from adapters.memory.health import MemoryHealth
from adapters.memory.open_directory import OpenDirectory
from adapters.memory.sessions import MemorySessions
from adapters.memory.usage import MemoryUsage
from application.authenticate import Authenticate
from application.check_health import CheckHealth
from application.clean_up import CleanUpSessions
from application.control_ports import SessionControl
from application.create_session import CreateSession
from application.create_sessions import CreateSessions
from application.list_sessions import ListSessions
from application.look_up_session import LookUpSession
from application.ports import (
    ClientDirectory,
    Randomness,
    SessionRepository,
    StoreHealth,
    StoreUnavailable,
)
from application.redeem_session import Redeemed, RedeemRequest, RedeemSession
from application.replace_grant import ReplaceGrant
from application.report_status import ReportStatus
from application.report_usage import ReportUsage
from application.revoke_session import RevokeSession
from application.revoke_sessions import RevokeSessions
from application.usage_ports import UsageLedger
from application.use_grant import UseGrant
from domain.attempt import Attempt
from domain.client import Client
from domain.figures import CleanUp, Figures
from domain.grant import Granting
from domain.listing import Ended, Listing, Page, Position
from domain.opening import Batch, Opened, OpenedBatch, Opening
from domain.policy import Policy
from domain.record import Record
from domain.refusal import Refusal
from domain.session import Session
from domain.session_id import Digest
from domain.usage import Count
from entrypoints.audit_lines import tell
from entrypoints.http.admission import Admission
from entrypoints.http.app import UseCases, make_app
from entrypoints.http.assets import Assets
from entrypoints.http.drain import Drain
from entrypoints.http.face import Face
from entrypoints.http.iframe_page import IframePage
from entrypoints.http.proxies import Proxies
from entrypoints.http.sessions import Control
from entrypoints.texts import load_texts
from tests.http.house import clients_file
from tests.support.worlds import SteppedClock


class AwaySessions(SessionRepository):
    """A store that gives no answer to anything."""

    async def create(self, opening: Opening) -> Opened:
        raise StoreUnavailable("timeout")

    async def create_many(self, batch: Batch) -> OpenedBatch:
        raise StoreUnavailable("timeout")

    async def redeem(
        self,
        client: str,
        digest: Digest,
        *,
        attempt: Attempt | None = None,
        granting: Granting | None = None,
        region: str = "",
    ) -> Session:
        raise StoreUnavailable("timeout")

    async def refuse(
        self, client: str, reason: Refusal, *, attempt: Attempt | None = None, region: str = ""
    ) -> NoReturn:
        raise StoreUnavailable("timeout")

    async def revoke(self, client: str, digest: Digest) -> Session:
        raise StoreUnavailable("timeout")

    async def figures(self, client: str) -> Figures:
        raise StoreUnavailable("timeout")

    async def clean_up(self, client: str) -> CleanUp:
        raise StoreUnavailable("timeout")


class AwayControl(SessionControl):
    """The same store."""

    async def find(self, client: str, fingerprint: str) -> Sequence[Record]:
        raise StoreUnavailable("timeout")

    async def page(self, client: str, listing: Listing, after: Position | None, most: int) -> Page:
        raise StoreUnavailable("timeout")

    async def revoke_subject(self, client: str, subject: str) -> Ended:
        raise StoreUnavailable("timeout")

    async def revoke_all(self, client: str) -> Ended:
        raise StoreUnavailable("timeout")


class AwayLedger(UsageLedger):
    """The same store."""

    async def counts(self, client: str, first_day: int, last_day: int) -> Sequence[Count]:
        raise StoreUnavailable("timeout")


class AwayHealth(StoreHealth):
    """A store that shows no sign of life."""

    async def check(self) -> None:
        raise StoreUnavailable("timeout")


class GatedSessions(MemorySessions):
    """A store that answers a redeem when the test says so."""

    def __init__(self) -> None:
        super().__init__(SteppedClock())
        self.entered = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def redeem(
        self,
        client: str,
        digest: Digest,
        *,
        attempt: Attempt | None = None,
        granting: Granting | None = None,
        region: str = "",
    ) -> Session:
        self.entered.set()
        await self.may_answer.wait()
        return await super().redeem(
            client, digest, attempt=attempt, granting=granting, region=region
        )


@frozen
class IndiscreetRedeem(RedeemSession):
    """A use case with a bug, whose error says what it should not."""

    async def execute(self, request: RedeemRequest) -> Redeemed:
        message = f"could not redeem {request.session_id.text}"
        raise RuntimeError(message)


@frozen
class CountedRandomness(Randomness):
    """Gives the same secret every time."""

    def secret(self, size: int) -> bytes:
        return bytes(range(size))


@frozen
class Scene:
    """An application put together by hand."""

    application: Application
    face: Face


def assemble(
    folder: Path,
    sessions: SessionRepository,
    health: StoreHealth | None = None,
    *,
    redeem: type[RedeemSession] = RedeemSession,
    admission: Admission | None = None,
    request_seconds: float = 2.0,
    demo: bool = False,
    public_url: str = "",
) -> Scene:
    """Put an application around a store; it says that its storage is Redis."""
    load_texts("pt_BR")
    clock, sink = SteppedClock(), Fanout(tell)
    directory: ClientDirectory = OpenDirectory(Client(name="demo", origins=("'self'",)))
    if not demo:
        directory = file = ClientsFile(clients_file(folder), Policy())
        file.load()
    grants = sessions.grants if isinstance(sessions, MemorySessions) else MemoryGrants(clock)
    control: SessionControl = AwayControl()
    ledger: UsageLedger = AwayLedger()
    if isinstance(sessions, MemorySessions):
        control, ledger = MemoryControl(sessions), MemoryUsage(sessions)
    look_up = LookUpSession(control, directory)
    use = UseCases(
        authenticate=Authenticate(directory, sink, clock),
        create=CreateSession(sessions, CountedRandomness(), sink, clock),
        create_many=CreateSessions(sessions, CountedRandomness(), sink, clock),
        redeem=redeem(sessions, directory, CountedRandomness(), sink, clock),
        use_grant=UseGrant(grants, directory, sink, clock),
        replace_grant=ReplaceGrant(grants, directory),
        report=ReportStatus(sessions, directory),
        clean_up=CleanUpSessions(sessions, directory, sink, clock),
        check=CheckHealth(health or MemoryHealth()),
        control=Control(
            look_up=look_up,
            list_all=ListSessions(control, directory),
            revoke=RevokeSession(look_up, sessions, grants, sink, clock),
            revoke_many=RevokeSessions(control, directory, sink, clock),
        ),
        report_usage=ReportUsage(ledger, directory, clock),
    )
    face = Face(
        storage="redis",
        demo=demo,
        public_url=public_url,
        locale="pt_BR",
        proxies=Proxies(),
        assets=Assets.load(""),
        iframe_page=IframePage(None),
        drain=Drain(),
        admission=admission or Admission(256),
        request_seconds=request_seconds,
    )
    face.iframe_page.load()
    return Scene(make_app(face, use, clock), face)
