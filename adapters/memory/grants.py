"""Grants in memory: the domain's rules, run as they are written."""

from collections import defaultdict

from sortedcontainers import SortedKeyList

from application.ports import Clock, GrantRepository, StoreUnavailable
from domain.grant import Grant
from domain.refusal import Refusal, Refused
from domain.session_id import Digest


def _by_expiry(grant: Grant) -> tuple[int, bytes]:
    return grant.expires_at, grant.session.raw


class _ClientGrants:
    """One client's grants. Each call drops those that have expired since the last."""

    def __init__(self) -> None:
        self._by_session: dict[Digest, Grant] = {}
        self._by_expiry = SortedKeyList(key=_by_expiry)

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

    async def use(self, client: str, session: Digest, token: Digest) -> Grant:
        now, own = self._at_now(client)
        grant = own.get(session)
        if grant is None:
            raise Refused(Refusal.UNKNOWN)
        used = grant.use(token, now)
        own.put(used, now)
        return used

    async def revoke(self, client: str, session: Digest) -> bool:
        now, own = self._at_now(client)
        grant = own.take(session)
        return grant is not None and now < grant.expires_at

    def _at_now(self, client: str) -> tuple[int, _ClientGrants]:
        if self._has_ended:
            raise StoreUnavailable("the server stops")
        return self._clock.now(), self._clients[client]
