"""Sessions in memory: the domain's rules, run as they are written."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NoReturn

from attrs import evolve

from adapters.memory.client_sessions import ClientSessions
from adapters.memory.grants import MemoryGrants
from application.ports import Clock, SessionRepository, StoreUnavailable
from domain.attempt import Attempt
from domain.errors import CapReached, DuplicateSession
from domain.figures import CleanUp, Figures
from domain.grant import Granting
from domain.opening import Batch, Opened, OpenedBatch, Opening
from domain.payload import EMPTY
from domain.rate import Allowance, Rate
from domain.refusal import Refusal, Refused
from domain.session import MOST_REMEMBERED, Session
from domain.session_id import Digest
from domain.usage import Counted


class MemorySessions(SessionRepository):
    """Keeps sessions for as long as the process lives.

    No method awaits anything, so on one event loop each is atomic. ``incarnation`` names
    the life of this store; another name makes every session before it stale, as a
    failover does to Redis. ``grants`` is where redeems put what they give.
    """

    def __init__(
        self, clock: Clock, incarnation: str = "memory", most_remembered: int = MOST_REMEMBERED
    ) -> None:
        self.incarnation = incarnation
        self.grants = MemoryGrants(clock)
        self._clock = clock
        self._has_ended = False
        self._clients: defaultdict[str, ClientSessions] = defaultdict(
            lambda: ClientSessions(most_remembered)
        )

    async def create(self, opening: Opening) -> Opened:
        now, own = self.at_now(opening.client)
        if earlier := own.repeated(opening.repeat, now, self.incarnation):
            (session,), salt = earlier
            return Opened(session=session, left_ms=session.expires_at - now, repeated_salt=salt)
        creates = self._admit(own, now, opening.rate)
        if own.get(opening.digest) is not None:
            raise DuplicateSession
        self._make_room(own, now, opening.cap)
        session = opening.session(now, self.incarnation)
        own.open([session], opening.repeat)
        own.tallies.count(now, Counted.CREATED)
        return Opened(session=session, left_ms=opening.ttl_ms, creates=creates)

    async def create_many(self, batch: Batch) -> OpenedBatch:
        now, own = self.at_now(batch.client)
        if earlier := own.repeated(batch.repeat, now, self.incarnation):
            sessions, salt = earlier
            return _opened(sessions, now, repeated_salt=salt)
        wanted = len(batch.digests)
        creates = self._admit(own, now, batch.rate, wanted)
        if any(own.get(digest) is not None for digest in batch.digests):
            raise DuplicateSession
        self._make_room(own, now, batch.cap, wanted)
        sessions = batch.sessions(now, self.incarnation)
        own.open(sessions, batch.repeat)
        own.tallies.count(now, Counted.CREATED, many=wanted)
        return _opened(sessions, now, creates=creates)

    async def redeem(
        self,
        client: str,
        digest: Digest,
        *,
        attempt: Attempt | None = None,
        granting: Granting | None = None,
        region: str = "",
    ) -> Session:
        now, own = self.at_now(client)
        try:
            redeemed = self._known(own, digest).redeem(now, self.incarnation)
        except Refused as refused:
            self._count_refusal(own, now, refused.reason, attempt, region)
            raise
        # The winner gets what the session carries; nobody needs it afterwards.
        own.close(evolve(redeemed, payload=EMPTY), Refusal.USED)
        own.redeemed += 1
        own.tallies.count(now, Counted.REDEEMED, region=region)
        if granting is not None:
            self.grants.give(granting.grant(client, digest, redeemed.payload, now), now)
        return redeemed

    async def revoke(self, client: str, digest: Digest) -> Session:
        now, own = self.at_now(client)
        revoked = self._known(own, digest).revoke(now, self.incarnation)
        own.close(evolve(revoked, payload=EMPTY), Refusal.REVOKED)
        own.tallies.count(now, Counted.REVOKED)
        return revoked

    async def refuse(
        self, client: str, reason: Refusal, *, attempt: Attempt | None = None, region: str = ""
    ) -> NoReturn:
        now, own = self.at_now(client)
        self._count_refusal(own, now, reason, attempt, region)
        raise Refused(reason)

    async def figures(self, client: str) -> Figures:
        now, own = self.at_now(client)
        return own.figures(now)

    async def clean_up(self, client: str) -> CleanUp:
        now, own = self.at_now(client)
        return CleanUp(removed=own.clean_up(now), remaining=own.figures(now).total)

    def _admit(
        self, own: ClientSessions, now: int, rate: Rate | None, wanted: int = 1
    ) -> Allowance | None:
        if rate is None:
            return None
        own.creates = own.creates.admit(now, rate, wanted).counted(wanted)
        return own.creates.allowance(now, rate)

    def _make_room(self, own: ClientSessions, now: int, cap: int, wanted: int = 1) -> None:
        try:
            own.make_room(now, cap, wanted)
        except CapReached:
            own.tallies.count(now, Counted.CAP_REACHED)
            raise

    def _count_refusal(
        self, own: ClientSessions, now: int, reason: Refusal, attempt: Attempt | None, region: str
    ) -> None:
        if attempt:
            own.failures.count(attempt, now)
        own.tallies.count(now, Counted.of(reason), region=region)

    def _known(self, own: ClientSessions, digest: Digest) -> Session:
        session = own.get(digest)
        if session is None:
            raise Refused(Refusal.UNKNOWN)
        return session

    def at_now(self, client: str) -> tuple[int, ClientSessions]:
        """Return the time, and what is known of a client's sessions at that time.

        Raises ``StoreUnavailable`` once the store has ended.
        """
        if self._has_ended:
            raise StoreUnavailable("the server stops")
        return self.look_at(client)

    def end(self) -> None:
        """Answer nobody any more. Whatever is decided later would be missing in what is kept."""
        self._has_ended = True
        self.grants.end()

    def look_at(self, client: str) -> tuple[int, ClientSessions]:
        """Do the same as ``at_now``, also once it has ended."""
        now = self._clock.now()
        own = self._clients[client]
        own.advance(now, self.incarnation)
        return now, own


def _opened(
    sessions: Sequence[Session],
    now: int,
    *,
    repeated_salt: bytes | None = None,
    creates: Allowance | None = None,
) -> OpenedBatch:
    expires_at = sessions[0].expires_at
    return OpenedBatch(
        digests=tuple([session.digest for session in sessions]),
        expires_at=expires_at,
        left_ms=expires_at - now,
        repeated_salt=repeated_salt,
        creates=creates,
    )
