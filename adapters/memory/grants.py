"""Grants in memory: the domain's rules, run as they are written."""

from collections import defaultdict
from collections.abc import Callable
from functools import partial

from sortedcontainers import SortedKeyList

from adapters.memory.failures import Failures
from application.ports import Clock, GrantRepository, StoreUnavailable
from domain.attempt import Attempt
from domain.grant import Grant, Shown
from domain.refusal import Refusal, Refused
from domain.session_id import Digest


def _by_expiry(grant: Grant) -> tuple[int, bytes]:
    return grant.expires_at, grant.session.raw


def _used(token: Digest, grant: Grant, now: int) -> Grant:
    return grant.use(token, now)


def _replaced(token: Digest, grant: Grant, now: int) -> Grant:
    return grant.replaced(token, now)


class _ClientGrants:
    """One client's grants. Each call drops those that have expired since the last."""

    def __init__(self) -> None:
        self._by_session: dict[Digest, Grant] = {}
        self._by_expiry = SortedKeyList(key=_by_expiry)
        self.refusals = Failures()

    def put(self, grant: Grant, now: int) -> None:
        while self._by_expiry and self._by_expiry[0].expires_at <= now:
            self.take(self._by_expiry[0].session)
        self.take(grant.session)
        self._by_session[grant.session] = grant
        self._by_expiry.add(grant)

    def take(self, session: Digest) -> Grant | None:
        grant = self._by_session.pop(session, None)
        if grant is not None:
            self._by_expiry.remove(grant)
        return grant

    def get(self, session: Digest) -> Grant | None:
        return self._by_session.get(session)

    def live(self, now: int) -> list[Grant]:
        return [grant for grant in self._by_expiry if now < grant.expires_at]


class MemoryGrants(GrantRepository):
    """Keeps grants for as long as the process lives; on one event loop each method is atomic."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._clients: defaultdict[str, _ClientGrants] = defaultdict(_ClientGrants)
        self._has_ended = False

    def end(self) -> None:
        """Answer nobody any more."""
        self._has_ended = True

    def give(self, grant: Grant, now: int) -> None:
        """Take in the grant of a session that has just been redeemed."""
        self._clients[grant.client].put(grant, now)

    def live(self, client: str) -> list[Grant]:
        """Return the grants of a client that hold, those that expire first in front."""
        return self._clients[client].live(self._clock.now())

    def get(self, client: str, session: Digest) -> Grant | None:
        """Find the grant of a session; it may have expired."""
        return self._clients[client].get(session)

    async def use(self, client: str, *shown: Shown) -> Grant:
        first: Refused | None = None
        for session, token in shown:
            try:
                return self._change(client, session, partial(_used, token))
            except Refused as refused:
                first = first or refused
        raise first or Refused(Refusal.UNKNOWN)

    async def count_refusal(self, client: str, attempt: Attempt) -> None:
        now, own = self._at_now(client)
        own.refusals.count(attempt, now)

    async def replace(self, client: str, session: Digest, token: Digest) -> Grant:
        return self._change(client, session, partial(_replaced, token))

    def _change(self, client: str, session: Digest, how: Callable[[Grant, int], Grant]) -> Grant:
        now, own = self._at_now(client)
        grant = own.get(session)
        if grant is None:
            raise Refused(Refusal.UNKNOWN)
        changed = how(grant, now)
        own.put(changed, now)
        return changed

    async def revoke(self, client: str, session: Digest) -> bool:
        now, own = self._at_now(client)
        grant = own.take(session)
        return grant is not None and now < grant.expires_at

    def _at_now(self, client: str) -> tuple[int, _ClientGrants]:
        if self._has_ended:
            raise StoreUnavailable("the server stops")
        return self._clock.now(), self._clients[client]
