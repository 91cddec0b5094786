"""What framegate answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import field, frozen

from framegate_client.fingerprints import fingerprint_of


@frozen
class Session:
    """The right to open one iframe once.

    ``answer`` is all that framegate has said of it: what the page's ``framegate.js`` expects from
    its backend, as JSON. ``iframe_url`` opens once; it is a path only where framegate has no
    ``PUBLIC_URL``. ``enter_url`` opens the frame without the id in the address.
    """

    session_id: str
    iframe_url: str
    enter_url: str | None
    expires_in_seconds: int
    answer: Mapping[str, Any] = field(eq=False)

    @property
    def fingerprint(self) -> str:
        """What people, logs and ``revoke`` call it by: no secret."""
        return fingerprint_of(self.session_id)

    def __repr__(self) -> str:
        """Leave the id out, and the addresses that hold it."""
        return f"<Session {self.fingerprint}, expires in {self.expires_in_seconds} s>"


@frozen
class Redeemed:
    """What the session was created with."""

    subject: str | None
    metadata: Mapping[str, Any] | None


@frozen
class Status:
    """How many sessions there are, of the client or, for an admin, of all.

    ``total`` are the active and the used whose time has not passed; ``created`` and ``redeemed``
    count all there have been.
    """

    total: int
    active: int
    used: int
    created: int
    redeemed: int
    cap: int
    storage: str


@frozen
class CleanedUp:
    """How many expired sessions were removed, and how many sessions remain."""

    removed: int
    remaining: int


@frozen
class Health:
    """Whether the store works; ``at`` is when framegate last looked, which is when it was asked."""

    healthy: bool
    message: str
    at: datetime


@frozen
class Grant:
    """What a browser goes on with: until ``expires_at`` unless used, ``ends_at`` at the latest."""

    expires_at: datetime
    ends_at: datetime
    origin: str | None


@frozen
class KnownSession:
    """What framegate knows of a session.

    ``state`` is one of ``active``, ``used``, ``expired``, ``revoked`` and ``stale``. A list leaves
    ``metadata`` out.
    """

    fingerprint: str
    client: str
    state: str
    expires_at: datetime
    subject: str | None
    metadata: Mapping[str, Any] | None
    grant: Grant | None


@frozen
class Page:
    """A part of a list; ``after`` asks for the next, ``None`` on the last."""

    sessions: Sequence[KnownSession]
    after: str | None


@frozen
class Revoked:
    """How many active sessions and how many grants were ended."""

    sessions: int
    grants: int
