import asyncio

import pytest

from application.ports import SessionRepository, StoreUnavailable
from application.report_status import ReportStatus, Status
from domain.client import Caller, Client
from domain.figures import Figures
from domain.opening import Opening
from domain.policy import Policy
from domain.session_id import Digest
from tests.unit.application.fakes import AwaySessions, Directory, SteppedClock, WatchedSessions

PORTAL = Client(name="portal", policy=Policy(cap=10))
OTHER = Client(name="other", policy=Policy(cap=7))
EMPTY = Client(name="empty", policy=Policy(cap=1))

TTL_MS = 60_000


class Board:
    """The use case over fakes: four sessions of one client, one of them used; two of another."""

    def __init__(self, sessions: SessionRepository | None = None) -> None:
        self.clock = SteppedClock()
        self.watched = WatchedSessions(self.clock)
        asyncio.run(self._fill())
        self.watched.asked.clear()
        self.use_case = ReportStatus(sessions or self.watched, Directory(OTHER, PORTAL, EMPTY))

    async def _fill(self) -> None:
        for client, count in (("portal", 4), ("other", 2)):
            for number in range(count):
                digest = Digest.of(f"{client} {number}")
                await self.watched.create(
                    Opening(client=client, digest=digest, ttl_ms=TTL_MS, cap=10)
                )
        await self.watched.redeem("portal", Digest.of("portal 0"))

    def report(self, caller: Caller) -> Status:
        return asyncio.run(self.use_case.execute(caller))


def test_a_client_sees_its_own_figures_and_its_own_cap() -> None:
    board = Board()
    status = board.report(Caller(PORTAL))
    assert status == Status(figures=Figures(active=3, used=1, created=4, redeemed=1), cap=10)
    assert status.figures.total == 4
    assert board.watched.asked == [("figures", "portal")]


def test_a_client_without_sessions_sees_nothing_of_others() -> None:
    assert Board().report(Caller(EMPTY)) == Status(figures=Figures(), cap=1)


def test_a_caller_who_is_neither_client_nor_admin_sees_nothing() -> None:
    assert Board().report(Caller()) == Status(figures=Figures(), cap=0)


def test_an_admin_sees_the_sum_over_all_clients() -> None:
    status = Board().report(Caller(is_admin=True))
    assert status == Status(figures=Figures(active=5, used=1, created=6, redeemed=1), cap=18)


def test_a_demo_caller_sees_what_an_admin_sees() -> None:
    board = Board()
    assert board.report(Caller(EMPTY, is_admin=True)) == board.report(Caller(is_admin=True))


def test_sessions_past_their_expiry_are_not_counted_but_stay_in_the_counters() -> None:
    board = Board()
    board.clock.step(TTL_MS - 1)
    assert board.report(Caller(PORTAL)).figures.total == 4
    board.clock.step(1)
    assert board.report(Caller(PORTAL)).figures == Figures(created=4, redeemed=1)


@pytest.mark.parametrize("caller", [Caller(PORTAL), Caller(is_admin=True)], ids=["client", "admin"])
def test_no_figures_are_made_up_when_the_store_is_away(caller: Caller) -> None:
    with pytest.raises(StoreUnavailable):
        Board(sessions=AwaySessions()).report(caller)
