"""What the memory store knows of one client's sessions."""

from collections.abc import Collection, Sequence
from itertools import islice

from sortedcontainers import SortedKeyList

from adapters.memory.failures import Failures
from adapters.memory.repeats import Repeats
from adapters.memory.tallies import Tallies
from domain.figures import Figures
from domain.policy import ensure_room, lacking
from domain.rate import Window
from domain.refusal import Refusal
from domain.repeat import Repeat
from domain.session import Session
from domain.session_id import Digest


def _by_expiry(session: Session) -> tuple[int, bytes]:
    return session.expires_at, session.digest.raw


class ClientSessions:
    """One client's sessions, the active ones and those remembered by how they ended.

    Everything takes O(log n), but for what has expired or been forgotten since the last
    call, which is moved or dropped one by one.
    """

    def __init__(self, most_remembered: int) -> None:
        self.created = 0
        self.redeemed = 0
        self._most_remembered = most_remembered
        self._incarnation: str | None = None
        self.creates = Window()
        self.failures = Failures()
        self.tallies = Tallies()
        self._repeats = Repeats()
        self._known: dict[Digest, Session] = {}
        self._active = SortedKeyList(key=_by_expiry)
        self._ended = {
            reason: SortedKeyList(key=_by_expiry)
            for reason in (Refusal.USED, Refusal.REVOKED, Refusal.EXPIRED, Refusal.STALE)
        }

    def advance(self, now: int, incarnation: str) -> None:
        """Take note of the time and of the store's incarnation; call it before all else."""
        if incarnation != self._incarnation:
            self._remember(Refusal.STALE, list(self._active))
            self._active.clear()
            self._incarnation = incarnation
        while self._active and self._active[0].expires_at <= now:
            self._remember(Refusal.EXPIRED, [self._active.pop(0)])
        for ended in self._ended.values():
            while ended and ended[0].is_forgotten(now):
                self._forget_first(ended)

    def get(self, digest: Digest) -> Session | None:
        """Find a session, however it ended, unless it has been forgotten."""
        return self._known.get(digest)

    @property
    def known(self) -> Collection[Session]:
        """All of them, but those that have been forgotten."""
        return self._known.values()

    @property
    def active(self) -> Sequence[Session]:
        """Those that can be redeemed, those that expire first in front."""
        return list(self._active)

    def behind(
        self, reason: Refusal | None, position: tuple[int, bytes] | None, most: int
    ) -> Sequence[Session]:
        """Return those that ended so (``None``: active) from behind a position on.

        The order is that of the expiries and, within a millisecond, of the digests.
        """
        kept = self._active if reason is None else self._ended[reason]
        return list(islice(kept.irange_key(min_key=position, inclusive=(False, True)), most))

    def put_back(self, session: Session, reason: Refusal | None) -> None:
        """Take in what was known elsewhere, in the place of what is known here."""
        known = self._known.get(session.digest)
        if known is not None:
            for kept in (self._active, *self._ended.values()):
                kept.discard(known)
        self._known[session.digest] = session
        if reason is None:
            self._active.add(session)
        else:
            self._remember(reason, [session])

    def make_room(self, now: int, cap: int, wanted: int = 1) -> None:
        """See that there is room for more.

        Raises ``CapReached``, with the time at which enough of the active have expired.
        """
        active = len(self._active)
        short = lacking(active, cap, wanted)
        wait = self._active[short - 1].expires_at - now if short else 0
        ensure_room(active, cap, wait, wanted)

    def repeated(
        self, repeat: Repeat | None, now: int, incarnation: str
    ) -> tuple[list[Session], bytes] | None:
        """Find what an earlier create with the same key opened, and the salt of the ids.

        Raises ``IdempotencyConflict``.
        """
        if repeat is None:
            return None
        return self._repeats.find(repeat, self._known, now, incarnation)

    def open(self, sessions: Sequence[Session], repeat: Repeat | None) -> None:
        """Take in new sessions."""
        for session in sessions:
            self._known[session.digest] = session
            self._active.add(session)
        self.created += len(sessions)
        if repeat is not None:
            self._repeats.remember(repeat, [session.digest for session in sessions])

    def close(self, ended: Session, reason: Refusal) -> None:
        """Replace an active session by what it has become."""
        self._active.remove(self._known[ended.digest])
        self._known[ended.digest] = ended
        self._remember(reason, [ended])

    def figures(self, now: int) -> Figures:
        """Count what has not reached its expiry, and all there ever was."""
        used = self._ended[Refusal.USED]
        return Figures(
            active=len(self._active),
            used=len(used) - used.bisect_key_left((now + 1, b"")),
            created=self.created,
            redeemed=self.redeemed,
        )

    def clean_up(self, now: int) -> int:
        """Forget what has reached its expiry; return how many that were."""
        before = len(self._known)
        for ended in self._ended.values():
            while ended and ended[0].expires_at <= now:
                self._forget_first(ended)
        return before - len(self._known)

    def _remember(self, reason: Refusal, sessions: list[Session]) -> None:
        ended = self._ended[reason]
        ended.update(sessions)
        while len(ended) > self._most_remembered:
            self._forget_first(ended)

    def _forget_first(self, ended: "SortedKeyList[Session, tuple[int, bytes]]") -> None:
        digest = ended.pop(0).digest
        del self._known[digest]
        self._repeats.forget(digest)
