"""What can go wrong by the rules, with the facts. Never a status, never a text for people."""

from attrs import frozen


class FramegateError(Exception):
    """Every error that framegate raises on purpose."""


@frozen
class MalformedSessionId(FramegateError):
    """The text cannot be a session id at all, so nothing was looked up.

    ``problem`` is one of ``empty``, ``too_long`` and ``not_printable_ascii``. The text
    itself is not kept: it may hold a real id with a slip in it.
    """

    problem: str


@frozen
class CapReached(FramegateError):
    """The client has as many active sessions as it may have.

    ``retry_after_ms`` is the time until so many of them have expired that there is room, if
    none ends sooner.
    """

    cap: int
    retry_after_ms: int


@frozen
class RateLimited(FramegateError):
    """It has happened ``most`` times in this window of ``window_ms`` milliseconds.

    The next window begins in ``retry_after_ms``. Where more than one was asked for, ``left``
    are left in this one.
    """

    most: int
    window_ms: int
    retry_after_ms: int
    left: int = 0


@frozen
class IdempotencyConflict(FramegateError):
    """An idempotency key cannot be answered with the session it was first used for.

    ``problem``: ``spent`` where that session has been used or revoked, ``reused`` where
    something else was asked for then.
    """

    problem: str


@frozen
class DuplicateSession(FramegateError):
    """A session with this digest exists or existed; its id must not be given out again."""


@frozen
class SessionNotFound(FramegateError):
    """No session that the caller may know of has this fingerprint."""


@frozen
class ClientNotFound(FramegateError):
    """No client that the caller may know of has this name."""


@frozen
class InvalidTtl(FramegateError):
    """A requested time to live is not a whole number of seconds from 1 to ``most_seconds``."""

    most_seconds: int


@frozen
class InvalidCount(FramegateError):
    """A number of sessions is not a whole one from 1 to ``most_sessions``."""

    most_sessions: int


@frozen
class InvalidSubject(FramegateError):
    """A subject is not a text of 1 to ``most_characters`` without control characters."""

    most_characters: int


@frozen
class InvalidMetadata(FramegateError):
    """Metadata is not a JSON object of at most ``most_bytes`` bytes of compact JSON."""

    most_bytes: int


@frozen
class InvalidPeriod(FramegateError):
    """A period does not begin and end on the hour, or ends before it has begun."""


@frozen
class InvalidPolicy(FramegateError):
    """``value`` is outside ``least`` to ``most`` for the part of a policy named ``part``."""

    part: str
    value: int
    least: int
    most: int


@frozen
class InvalidClient(FramegateError):
    """The client ``name`` cannot be one, because of ``problem``.

    ``problem`` is one of ``name``, ``keys``, ``key_format`` and ``origin``; ``value`` is
    the offending part, never a key.
    """

    name: str
    problem: str
    value: str
