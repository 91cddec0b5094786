"""Listing a client's sessions page by page, and ending many of them."""

from collections.abc import Sequence
from enum import StrEnum

from attrs import frozen

from domain.record import Record
from domain.session_id import Digest


class Listed(StrEnum):
    """What is listed: sessions that are active, or those with a grant that holds."""

    ACTIVE = "active"
    GRANTED = "granted"


@frozen
class Listing:
    """What is asked for; with a ``subject``, only what was given to that one."""

    listed: Listed
    subject: str | None = None


@frozen
class Position:
    """Where a page has ended: at an expiry (of a session, or of its grant) and a fingerprint.

    The order is that of the expiries and, within a millisecond, of the fingerprints. It tells
    no digest, and whatever goes in between, what comes behind it does not change.
    """

    expires_at: int
    fingerprint: str

    def precedes(self, expires_at: int, digest: Digest) -> bool:
        """Tell whether an entry comes behind it."""
        return (self.expires_at, self.fingerprint) < (expires_at, digest.fingerprint)


@frozen
class Page:
    """Some of what was asked for. It goes on behind ``end``, ``None`` where that was all."""

    records: Sequence[Record]
    end: Position | None


@frozen(kw_only=True)
class Ended:
    """How many sessions and how many grants a revocation has ended."""

    sessions: int = 0
    grants: int = 0

    def __add__(self, other: "Ended") -> "Ended":
        return Ended(sessions=self.sessions + other.sessions, grants=self.grants + other.grants)
