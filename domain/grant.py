"""The grant: what the browser holds after the redeem, so that the iframe goes on working.

Like ``session.py``, this is the specification; the Redis scripts restate it.
"""

from attrs import evolve, frozen

from domain.payload import Payload
from domain.refusal import Refusal, Refused
from domain.session_id import Digest

REPLACED_MS = 10_000
"""So long at the most goes a grant on when another has taken its place: what a page is loading at
that moment still comes."""

Shown = tuple[Digest, Digest]
"""What a browser shows of a grant: the digests of its session and of the token."""


@frozen(kw_only=True)
class Granting:
    """A grant that a redeem is to give to whoever wins it.

    ``token`` is the digest of what the browser will hold, ``origin`` that of the page which
    embeds the iframe, empty where the browser did not tell. It ends after ``ttl_ms``, and sooner
    when nobody uses it for ``idle_ms`` (milliseconds).
    """

    token: Digest
    ttl_ms: int
    idle_ms: int
    origin: str = ""

    def grant(self, client: str, session: Digest, payload: Payload, now: int) -> "Grant":
        """Make the grant that it gives at ``now``."""
        ends_at = now + self.ttl_ms
        return Grant(
            client=client,
            session=session,
            token=self.token,
            origin=self.origin,
            payload=payload,
            ends_at=ends_at,
            idle_ms=self.idle_ms,
            expires_at=min(now + self.idle_ms, ends_at),
        )


@frozen(kw_only=True)
class Grant:
    """The right to go on with what one session has opened; a session gives one at the most.

    It is over when ``now >= expires_at``, which each use puts off, and never later than
    ``ends_at`` (milliseconds since the epoch). It outlives a failover of the store: unlike a
    redeem, to use it twice is what it is for.
    """

    client: str
    session: Digest
    token: Digest
    payload: Payload
    ends_at: int
    idle_ms: int
    expires_at: int
    origin: str = ""

    def embedded_by(self, origin: str | None) -> None:
        """Hold it to the page that it was given to. Raises ``Refused``.

        ``origin`` is what the browser tells of the page that embeds the iframe, ``None`` where
        it does not tell.
        """
        if origin and self.origin and origin != self.origin:
            raise Refused(Refusal.MISMATCH)

    def use(self, token: Digest, now: int) -> "Grant":
        """Use it with the token of a browser, and so put off its expiry. Raises ``Refused``."""
        self._held_by(token, now)
        return evolve(self, expires_at=min(now + self.idle_ms, self.ends_at))

    def replaced(self, token: Digest, now: int) -> "Grant":
        """Have it end soon, and never later than it would. Raises ``Refused``.

        Who asks shows by its ``token`` that it is his: nobody ends a neighbour's grant.
        """
        self._held_by(token, now)
        ends_at = min(now + REPLACED_MS, self.ends_at)
        return evolve(self, ends_at=ends_at, expires_at=min(self.expires_at, ends_at))

    def _held_by(self, token: Digest, now: int) -> None:
        if token != self.token:
            raise Refused(Refusal.UNKNOWN)
        if now >= self.expires_at:
            raise Refused(Refusal.EXPIRED)
