"""What the memory store keeps of creates that may come again."""

from domain.errors import IdempotencyConflict
from domain.repeat import Repeat
from domain.session import Session, Standing
from domain.session_id import Digest


class Repeats:
    """One client's idempotency keys, each for as long as its session is remembered."""

    def __init__(self) -> None:
        self._by_key: dict[Digest, tuple[Repeat, Digest]] = {}
        self._by_session: dict[Digest, Digest] = {}

    def remember(self, repeat: Repeat, session: Digest) -> None:
        """Take note of what a session was created by."""
        self._by_key[repeat.key] = repeat, session
        self._by_session[session] = repeat.key

    def forget(self, session: Digest) -> None:
        """Drop what a session was created by."""
        key = self._by_session.pop(session, None)
        if key is not None and self._by_key[key][1] == session:
            del self._by_key[key]

    def find(
        self, repeat: Repeat, known: dict[Digest, Session], now: int, incarnation: str
    ) -> tuple[Session, bytes] | None:
        """Find the session that was created by the same key, and its salt.

        ``None`` where there is none or it was lost or has expired unused: a new one may
        take its place. Raises ``IdempotencyConflict``.
        """
        first, digest = self._by_key.get(repeat.key, (repeat, None))
        session = known[digest] if digest else None
        if session is None:
            return None
        active = session.is_active(now, incarnation)
        spent = session.ended in {Standing.USED, Standing.REVOKED}
        if not active and not spent:
            return None
        if first.asked != repeat.asked:
            raise IdempotencyConflict("reused")
        if spent:
            raise IdempotencyConflict("spent")
        return session, first.salt
