"""What the memory store keeps of creates that may come again."""

from collections.abc import Mapping, Sequence

from attrs import define

from domain.repeat import Repeat, is_answered
from domain.session import Session
from domain.session_id import Digest


@define
class _First:
    repeat: Repeat
    digests: Sequence[Digest]
    known: int


class Repeats:
    """One client's idempotency keys, each for as long as its sessions are remembered."""

    def __init__(self) -> None:
        self._by_key: dict[Digest, _First] = {}
        self._by_session: dict[Digest, _First] = {}

    def remember(self, repeat: Repeat, sessions: Sequence[Digest]) -> None:
        """Take note of what sessions were created by."""
        first = _First(repeat, sessions, len(sessions))
        self._by_key[repeat.key] = first
        self._by_session.update(dict.fromkeys(sessions, first))

    def forget(self, session: Digest) -> None:
        """Drop what a session was created by, with the last that was."""
        first = self._by_session.pop(session, None)
        if first is None:
            return
        first.known -= 1
        if not first.known and self._by_key.get(first.repeat.key) is first:
            del self._by_key[first.repeat.key]

    def find(
        self, repeat: Repeat, known: Mapping[Digest, Session], now: int, incarnation: str
    ) -> tuple[list[Session], bytes] | None:
        """Find the sessions that were created by the same key, and their salt.

        Raises ``IdempotencyConflict``.
        """
        first = self._by_key.get(repeat.key)
        if first is None:
            return None
        sessions = [known.get(digest) for digest in first.digests]
        if not is_answered(repeat, first.repeat, sessions, now, incarnation):
            return None
        return [session for session in sessions if session], first.repeat.salt
