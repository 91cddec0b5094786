"""What can go wrong, with the facts, in words that say what to do."""

from attrs import frozen


class FramegateError(Exception):
    """Every error that framegate's answers, or their absence, give rise to."""


@frozen
class Refused(FramegateError):
    """The session cannot be redeemed.

    ``reason`` is one of ``unknown``, ``used``, ``expired``, ``revoked``, ``mismatch`` and
    ``stale``; ``None`` where no key was sent, as only those who have one are told.
    """

    reason: str | None

    def __str__(self) -> str:
        return f"the session is refused ({self.reason or 'no key, no reason'}): create another one"


@frozen
class KeyRejected(FramegateError):
    """The key is not one that opens this route.

    ``code`` is one of ``key_missing``, ``key_unknown`` and ``key_wrong_kind``.
    """

    code: str

    def __str__(self) -> str:
        return (
            f"framegate rejected the key ({self.code}): it takes what `framegate keys new` printed"
            " for this client; some routes take an admin's only"
        )


@frozen
class CapReached(FramegateError):
    """The client has as many active sessions as it may; try again in ``retry_after`` seconds."""

    retry_after: int

    def __str__(self) -> str:
        return (
            "the client has as many active sessions as its session_cap allows:"
            f" try again in {self.retry_after} s"
        )


@frozen
class RateLimited(FramegateError):
    """Too many requests in this minute; the next begins in ``retry_after`` seconds."""

    retry_after: int

    def __str__(self) -> str:
        return f"too many requests in this minute: try again in {self.retry_after} s"


@frozen
class Unavailable(FramegateError):
    """framegate or its store did not answer as they should; it is not known what has happened.

    Whoever was redeeming lets nobody in. Whoever was creating may ask for another session.
    """

    problem: str

    def __str__(self) -> str:
        return self.problem


@frozen
class BadRequest(FramegateError):
    """framegate cannot do what was asked: the request has to change.

    ``code`` is for programs and never changes, ``detail`` for people.
    """

    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.detail} ({self.code})"


@frozen
class NotFound(BadRequest):
    """There is no such session, or it is another client's."""
