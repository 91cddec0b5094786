"""What a store knows of a session, told without redeeming it."""

from enum import StrEnum

from attrs import frozen

from domain.grant import Grant
from domain.payload import EMPTY, Payload
from domain.session import Session
from domain.session_id import Digest


class State(StrEnum):
    """What a session is to whoever would redeem it now."""

    ACTIVE = "active"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    STALE = "stale"


@frozen(kw_only=True)
class Record:
    """A session at one instant, with its grant where it has one that holds.

    A grant may outlive what is remembered of its session, which then is ``USED`` and has no
    ``expires_at``. ``payload`` is that of an active session or of the grant; otherwise nothing
    is kept of it.
    """

    client: str
    digest: Digest
    state: State
    expires_at: int | None
    payload: Payload = EMPTY
    grant: Grant | None = None


def record_of_session(session: Session, grant: Grant | None, now: int, incarnation: str) -> Record:
    """Make the record of a session that is known, with its ``grant`` where that holds."""
    reason = session.refusal(now, incarnation)
    carried = session.payload if reason is None else grant.payload if grant else EMPTY
    return Record(
        client=session.client,
        digest=session.digest,
        state=State.ACTIVE if reason is None else State(reason.value),
        expires_at=session.expires_at,
        payload=carried,
        grant=grant,
    )


def record_of_granted(grant: Grant, expires_at: int | None) -> Record:
    """Make the record of the session that a grant which holds is of: somebody has used it."""
    return Record(
        client=grant.client,
        digest=grant.session,
        state=State.USED,
        expires_at=expires_at,
        payload=grant.payload,
        grant=grant,
    )
