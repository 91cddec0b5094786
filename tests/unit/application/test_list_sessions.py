import asyncio

import pytest

from adapters.memory.control import MemoryControl
from application.list_sessions import ListRequest, ListSessions
from application.look_up_session import LookUpSession
from domain.client import Caller, Client
from domain.errors import ClientNotFound, SessionNotFound
from domain.listing import Listed, Listing
from domain.opening import Opening
from domain.session_id import Digest
from tests.unit.application.fakes import Directory, SteppedClock, WatchedSessions

CLIENTS = [Client(name=name) for name in ("a", "b", "c", "d")]
ADMIN = Caller(is_admin=True)
ACTIVE = Listing(Listed.ACTIVE)


class House:
    """Clients with sessions: a has three, b none, c two, d one."""

    def __init__(self) -> None:
        sessions = WatchedSessions(SteppedClock()).inner
        self.names = []
        for client, count in (("a", 3), ("c", 2), ("d", 1)):
            for n in range(count):
                digest = Digest.of(f"{client}{n}")
                opening = Opening(client=client, digest=digest, ttl_ms=1000 + n, cap=3)
                asyncio.run(sessions.create(opening))
                self.names.append((client, digest.fingerprint))
        directory = Directory(*CLIENTS)
        self.lists = ListSessions(MemoryControl(sessions), directory)
        self.look_up = LookUpSession(MemoryControl(sessions), directory)

    def pages(
        self, most: int, caller: Caller = ADMIN, client: str | None = None
    ) -> list[list[tuple[str, str]]]:
        pages, after = [], None
        while True:
            request = ListRequest(
                caller=caller, listing=ACTIVE, client=client, after=after, most=most
            )
            listed = asyncio.run(self.lists.execute(request))
            pages.append([(r.client, r.digest.fingerprint) for r in listed.records])
            if listed.next is None:
                return pages
            after = listed.next


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 6, 1000])
def test_an_admin_pages_over_all_clients_in_the_order_of_their_names(most: int) -> None:
    house = House()
    pages = house.pages(most)
    assert [name for page in pages for name in page] == house.names
    assert all(len(page) == most for page in pages[:-1])
    assert pages[-1] or most == 1000


def test_a_client_pages_over_its_own() -> None:
    house = House()
    assert house.pages(1, Caller(CLIENTS[2])) == [[house.names[3]], [house.names[4]]]
    assert house.pages(1, Caller(CLIENTS[1])) == [[]]


def test_one_client_can_be_chosen() -> None:
    house = House()
    assert house.pages(2, client="a") == [house.names[:2], house.names[2:3]]
    for caller, client in [(ADMIN, "nobody"), (Caller(CLIENTS[0]), "c")]:
        with pytest.raises(ClientNotFound):
            house.pages(2, caller, client)


def test_a_client_finds_its_own_sessions_and_an_admin_finds_all() -> None:
    house = House()
    client, fingerprint = house.names[3]
    for caller in (ADMIN, Caller(CLIENTS[2])):
        (record,) = asyncio.run(house.look_up.execute(caller, fingerprint))
        assert (record.client, record.digest.fingerprint) == (client, fingerprint)
    for caller, name in [(Caller(CLIENTS[0]), fingerprint), (ADMIN, "0" * 12)]:
        with pytest.raises(SessionNotFound):
            asyncio.run(house.look_up.execute(caller, name))
