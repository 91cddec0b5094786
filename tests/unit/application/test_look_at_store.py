import asyncio

import pytest

from adapters.memory.audit_trail import MemoryTrail
from adapters.memory.sessions import MemorySessions
from adapters.memory.usage import MemoryUsage
from application.create_session import CreateRequest, CreateSession
from application.look_at_store import EVENTS, REGIONS_MS, LookAtStore, StoreView
from application.ports import StoreHealth, StoreUnavailable
from application.report_clients import ReportClients, Standing
from application.report_usage import ReportUsage
from domain.client import Client
from domain.events import SessionCreated
from domain.figures import Figures
from domain.policy import Policy
from domain.session_id import SessionId
from tests.unit.application.fakes import (
    REMOTE,
    START,
    CountingRandomness,
    Directory,
    RecordingSink,
    SteppedClock,
)

PORTAL = Client(name="portal", policy=Policy(cap=7))


class Health(StoreHealth):
    away = False

    async def check(self) -> None:
        if self.away:
            raise StoreUnavailable("away")


class Scene:
    def __init__(self, *, regions: bool = False) -> None:
        self.clock, self.health = SteppedClock(), Health()
        self.sessions = MemorySessions(self.clock)
        self.trail, directory = MemoryTrail(100), Directory(PORTAL)
        usage = ReportUsage(MemoryUsage(self.sessions), directory, self.clock)
        self.look = LookAtStore(
            health=self.health,
            clients=ReportClients(self.sessions, directory),
            trail=self.trail,
            clock=self.clock,
            usage=usage if regions else None,
        )
        self.create = CreateSession(
            self.sessions, CountingRandomness(), RecordingSink(), self.clock
        )

    def closely(self) -> StoreView:
        asyncio.run(self.look.execute(closely=True))
        return self.look.view

    def redeem(self, region: str) -> None:
        created = asyncio.run(self.create.execute(CreateRequest(client=PORTAL, remote=REMOTE)))
        session_id = SessionId.presented(created.session_id.text)
        asyncio.run(self.sessions.redeem("portal", session_id.digest, region=region))


def test_it_sees_what_clients_have_and_the_latest_events() -> None:
    scene = Scene()
    for n in range(EVENTS + 1):
        scene.trail.take([SessionCreated(at=n, remote=REMOTE, client="portal")])
    view = scene.closely()
    assert view.at == START
    assert view.standings == [Standing("portal", Figures(), 7)]
    assert [entry.at for entry in view.events] == list(range(1, EVENTS + 1))
    assert view.regions is None


def test_a_glance_asks_for_no_more_than_a_sign_of_life() -> None:
    scene = Scene()
    asyncio.run(scene.look.execute(closely=False))
    assert scene.look.view == StoreView()


@pytest.mark.parametrize("closely", [True, False])
def test_while_it_is_away_what_was_seen_last_stays_and_since_when_is_known(closely: bool) -> None:
    scene = Scene()
    seen = scene.closely()
    scene.health.away = True
    for _ in range(3):
        scene.clock.step(1000)
        asyncio.run(scene.look.execute(closely=closely))
    away = scene.look.view
    assert away.away_since == START + 1000
    assert (away.at, away.standings) == (seen.at, seen.standings)

    scene.health.away = False
    asyncio.run(scene.look.execute(closely=closely))
    assert scene.look.view.away_since is None


def test_redeems_of_the_day_are_told_by_country_and_asked_for_seldom() -> None:
    scene = Scene(regions=True)
    assert scene.closely().regions == {}
    for region in ("BR", "BR", ""):
        scene.redeem(region)
    scene.clock.step(REGIONS_MS - 1)
    assert scene.closely().regions == {}
    scene.clock.step(1)
    assert scene.closely().regions == {"BR": 2, "": 1}
