import asyncio

import pytest

from adapters.memory.control import MemoryControl
from application.ports import StoreUnavailable
from application.revoke_sessions import RevokeManyRequest, RevokeSessions
from domain.client import Caller, Client
from domain.errors import ClientNotFound
from domain.events import SessionsRevoked
from domain.grant import Granting
from domain.listing import Ended
from domain.opening import Opening
from domain.payload import Payload
from domain.session_id import Digest
from tests.unit.application.fakes import (
    REMOTE,
    START,
    Directory,
    RecordingSink,
    SteppedClock,
    WatchedSessions,
)

PORTAL, OTHER = Client(name="portal"), Client(name="other")
OWN, ADMIN = Caller(PORTAL), Caller(is_admin=True)
GRANTING = Granting(token=Digest.of("token"), ttl_ms=90_000, idle_ms=90_000)


class FailsForPortal(MemoryControl):
    async def revoke_all(self, client: str) -> Ended:
        if client == "portal":
            raise StoreUnavailable("timeout")
        return await super().revoke_all(client)


class Counter:
    """Each client has, for each of two people, a session that is open and one that was used."""

    def __init__(self, control: type[MemoryControl] = MemoryControl) -> None:
        clock = SteppedClock()
        self.sink = RecordingSink()
        self.sessions = WatchedSessions(clock).inner
        self.use_case = RevokeSessions(
            control(self.sessions), Directory(OTHER, PORTAL), self.sink, clock
        )
        asyncio.run(self._fill())

    async def _fill(self) -> None:
        for client in ("other", "portal"):
            for subject in ("ana", "rui"):
                for number in range(2):
                    digest, payload = Digest.of(f"{client}{subject}{number}"), Payload(subject)
                    await self.sessions.create(
                        Opening(client=client, digest=digest, ttl_ms=60_000, cap=4, payload=payload)
                    )
                await self.sessions.redeem(client, digest, granting=GRANTING)

    def revoke(
        self, caller: Caller, *, client: str | None = None, subject: str | None = None
    ) -> Ended:
        request = RevokeManyRequest(caller=caller, remote=REMOTE, client=client, subject=subject)
        return asyncio.run(self.use_case.execute(request))

    @property
    def left(self) -> dict[str, int]:
        names = ("other", "portal")
        return {name: asyncio.run(self.sessions.figures(name)).active for name in names}


@pytest.mark.parametrize(
    ("caller", "client", "subject", "each", "left", "scope", "named"),
    [
        (OWN, None, None, 2, {"other": 2, "portal": 0}, "client", "portal"),
        (OWN, "portal", None, 2, {"other": 2, "portal": 0}, "client", "portal"),
        (OWN, None, "ana", 1, {"other": 2, "portal": 1}, "subject", "portal"),
        (ADMIN, None, None, 4, {"other": 0, "portal": 0}, "all", None),
        (ADMIN, "other", None, 2, {"other": 0, "portal": 2}, "client", "other"),
        (ADMIN, None, "ana", 2, {"other": 1, "portal": 1}, "subject", None),
        (ADMIN, "portal", "rui", 1, {"other": 2, "portal": 1}, "subject", "portal"),
    ],
)
def test_what_is_chosen_ends_and_is_told_of_once(
    caller: Caller,
    client: str | None,
    subject: str | None,
    each: int,
    left: dict[str, int],
    scope: str,
    named: str | None,
) -> None:
    counter = Counter()
    assert counter.revoke(caller, client=client, subject=subject) == Ended(
        sessions=each, grants=each
    )
    assert counter.left == left
    assert counter.sink.events == [
        SessionsRevoked(
            at=START,
            remote=REMOTE,
            client=named,
            scope=scope,
            sessions=each,
            grants=each,
            complete=True,
        )
    ]


@pytest.mark.parametrize(
    ("caller", "client"), [(OWN, "other"), (ADMIN, "nobody")], ids=["not its own", "nobody"]
)
def test_a_client_that_the_caller_may_not_know_is_not_found(caller: Caller, client: str) -> None:
    counter = Counter()
    with pytest.raises(ClientNotFound):
        counter.revoke(caller, client=client)
    assert counter.left == {"other": 2, "portal": 2}
    assert counter.sink.events == []


def test_what_ended_before_the_store_went_away_is_told_of() -> None:
    counter = Counter(FailsForPortal)
    with pytest.raises(StoreUnavailable):
        counter.revoke(ADMIN)
    (event,) = counter.sink.events
    assert isinstance(event, SessionsRevoked)
    assert (event.sessions, event.grants, event.complete) == (2, 2, False)
