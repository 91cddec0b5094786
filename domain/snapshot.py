"""Snapshots: what is kept of a store outside of it, and what may come back from that.

Like ``session.py``, this is the specification; the Redis scripts restate it.

A snapshot is older than the store's end. What was active in it may have been redeemed since, and
in an emptied store nobody knows. So what is active comes back as such from a *final* snapshot only:
one that was taken when its store had answered for the last time, and that is used up before
anybody is served from it again. The right to open is handed over, and never in two places.
"""

from collections.abc import Sequence

from attrs import frozen

from domain.grant import Grant
from domain.payload import EMPTY
from domain.record import Record, State
from domain.session import Session, Standing
from domain.usage import Count

ANOTHER_LIFE = "?"
"""The incarnation of what nobody can vouch for. No store has this one."""

_SEEN = {State.USED: Standing.USED, State.REVOKED: Standing.REVOKED}
"""Ends that somebody brought about. An expiry is by the clock, and stale is what nobody knows."""


@frozen(kw_only=True)
class Part:
    """Some of what a store keeps of one client.

    ``created`` and ``redeemed`` are how many ever, zero where this part does not say.
    """

    client: str
    records: Sequence[Record] = ()
    created: int = 0
    redeemed: int = 0
    counts: Sequence[Count] = ()


@frozen(kw_only=True)
class About:
    """``taken_at`` is in ms since the epoch. ``final``: its store has served nobody since."""

    taken_at: int
    storage: str
    final: bool = False


@frozen(kw_only=True)
class PutBack:
    """What a restore has changed: so many sessions that are known again, by what they are.

    ``revived`` are active again, ``refused`` are known and will be refused, ``unchanged`` were
    known better already, or are so old that nobody need know them.
    """

    revived: int = 0
    refused: int = 0
    unchanged: int = 0
    grants: int = 0

    def __add__(self, other: "PutBack") -> "PutBack":
        return PutBack(
            revived=self.revived + other.revived,
            refused=self.refused + other.refused,
            unchanged=self.unchanged + other.unchanged,
            grants=self.grants + other.grants,
        )


def session_after(
    there: Session | None, record: Record, now: int, incarnation: str, *, final: bool
) -> Session | None:
    """Tell what a store knows of a session once ``record`` has been put back.

    ``there`` is what it knew, ``final`` whether what was active may be so again. What is there
    wins, but for an end that was seen: a session ends for good, so whoever saw it end is right.
    """
    ended = _SEEN.get(record.state)
    if record.expires_at is None or (there and (there.ended or not ended)):
        return there
    revives = final and record.state is State.ACTIVE
    session = Session(
        client=record.client,
        digest=record.digest,
        expires_at=record.expires_at,
        incarnation=incarnation if revives else ANOTHER_LIFE,
        payload=record.payload if revives else EMPTY,
        ended=ended,
    )
    return there if session.is_forgotten(now) else session


def grant_after(there: Grant | None, record: Record, now: int, *, final: bool) -> Grant | None:
    """Tell which grant a session has once ``record`` has been put back."""
    kept = record.grant
    return kept if final and there is None and kept and now < kept.expires_at else there
