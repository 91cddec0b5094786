"""Doors: the ways in that a scenario tries, a repository or a whole server, behind one face."""

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from itertools import count
from pathlib import Path

from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.link import RedisLink
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from application.ports import SessionRepository, StoreUnavailable
from domain.opening import Opening
from domain.refusal import Refused
from domain.session_id import Digest
from tests.faults.getdel import GetdelSessions
from tests.faults.ledger import Ledger, Outcome
from tests.faults.redeeming import address, granting
from tests.support.framegate_server import KEYS, bearer, running_framegate
from tests.support.http_call import call
from tests.support.waiting import until

RACERS = 4

_numbers = count()


class Door(ABC):
    """``name`` says in the ledger who answered."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def create(self) -> str | None:
        """Try once to get an id."""

    @abstractmethod
    def race(self, ids: Sequence[str]) -> Iterator[tuple[str, int, Outcome]]:
        """Have each id redeemed by all racers at once."""

    def issue(self, count: int, ledger: Ledger) -> list[str]:
        """Get so many ids, from a store that is well."""
        ids: list[str] = []
        while len(ids) < count:
            until(f"{self.name} creates a session", lambda: self._issue_one(ids))
        for session_id in ids:
            ledger.issue(session_id)
        return ids

    def _issue_one(self, ids: list[str]) -> bool:
        session_id = self.create()
        if session_id:
            ids.append(session_id)
        return bool(session_id)

    def redeem(self, ids: Sequence[str], ledger: Ledger, moment: str) -> None:
        for session_id, asker, outcome in self.race(ids):
            ledger.record(session_id, outcome, door=self.name, asker=asker, moment=moment)

    def redeem_until_told(self, ids: Sequence[str], ledger: Ledger, moment: str) -> None:
        """Redeem where the store is well: whoever got no answer on a busy machine asks again."""

        def all_are_told() -> bool:
            self.redeem(ledger.untold(ids, moment), ledger, moment)
            return not ledger.untold(ids, moment)

        until(f"all are told {moment}", all_are_told)


class RepositoryDoor(Door):
    def __init__(self, name: str, runner: asyncio.Runner, repository: SessionRepository) -> None:
        super().__init__(name)
        self._runner = runner
        self._repository = repository

    def create(self) -> str | None:
        session_id = f"{self.name}, session {next(_numbers)}"
        try:
            self._runner.run(
                self._repository.create(
                    Opening(
                        client="portal", digest=Digest.of(session_id), ttl_ms=600_000, cap=100_000
                    )
                )
            )
        except StoreUnavailable:
            return None
        return session_id

    def race(self, ids: Sequence[str]) -> Iterator[tuple[str, int, Outcome]]:
        for session_id in ids:
            outcomes = self._runner.run(self._race_for(session_id))
            for asker, outcome in enumerate(outcomes):
                yield session_id, asker, outcome

    async def _race_for(self, session_id: str) -> list[Outcome]:
        racers = (self._redeem(session_id, asker) for asker in range(RACERS))
        return await asyncio.gather(*racers)

    async def _redeem(self, session_id: str, asker: int) -> Outcome:
        digest, wish = Digest.of(session_id), granting(asker)
        try:
            await self._repository.redeem("portal", digest, granting=wish)
        except Refused:
            return Outcome.REFUSED
        except StoreUnavailable:
            return Outcome.UNKNOWN
        return Outcome.WON


class ServerDoor(Door):
    """A framegate server, asked over HTTP by threads that start at a barrier."""

    def __init__(self, name: str, url: str) -> None:
        super().__init__(name)
        self._url = url
        self._barrier = threading.Barrier(RACERS)

    def create(self) -> str | None:
        answer = call("POST", f"{self._url}/auth/create-session", headers=bearer(KEYS.portal))
        assert answer.status in {200, 503}, answer.status
        return answer.fields["session_id"] if answer.status == 200 else None

    def race(self, ids: Sequence[str]) -> Iterator[tuple[str, int, Outcome]]:
        with ThreadPoolExecutor(RACERS) as racers:
            columns = racers.map(lambda asker: self._redeem_all(ids, asker), range(RACERS))
            for asker, outcomes in enumerate(columns):
                for session_id, outcome in zip(ids, outcomes, strict=True):
                    yield session_id, asker, outcome

    def _redeem_all(self, ids: Sequence[str], asker: int) -> list[Outcome]:
        outcomes = []
        for session_id in ids:
            self._barrier.wait(60)
            outcomes.append(self._redeem(session_id, asker))
        return outcomes

    def _redeem(self, session_id: str, asker: int) -> Outcome:
        try:
            answer = call("GET", self._url + address(session_id, asker))
        except (OSError, HTTPException):
            return Outcome.UNKNOWN
        told = {200: Outcome.WON, 401: Outcome.REFUSED, 503: Outcome.UNKNOWN}
        return told[answer.status]


Make = Callable[[RedisLink], SessionRepository]


def framegates(link: RedisLink) -> SessionRepository:
    return RedisSessions(link, load_scripts(SingleUse.STRICT))


def naive(link: RedisLink) -> SessionRepository:
    return GetdelSessions(link)


@contextmanager
def repository_door(name: str, address: RedisAddress, make: Make) -> Iterator[Door]:
    with asyncio.Runner() as runner:
        link = RedisLink.to(address, RedisLimits(timeout_seconds=5))
        try:
            yield RepositoryDoor(name, runner, make(link))
        finally:
            runner.run(link.close())


@contextmanager
def server_door(folder: Path, clients_file: Path, environment: Mapping[str, str]) -> Iterator[Door]:
    settings = {
        **environment,
        "CLIENTS_FILE": str(clients_file),
        "DRAIN_SECONDS": "0",
        "RATE_LIMITS": "off",  # redeeming in vain is what the racers do
    }
    with running_framegate(folder, settings, "serve") as server:
        yield ServerDoor("a framegate server", server.url)
