"""Why a redeem lost."""

from enum import StrEnum

from attrs import frozen

from domain.errors import FramegateError


class Refusal(StrEnum):
    """The reasons. Callers without a key never learn which one it was."""

    UNKNOWN = "unknown"  # no such session, or forgotten since
    USED = "used"  # somebody redeemed it before: a replay
    EXPIRED = "expired"
    REVOKED = "revoked"
    MISMATCH = "mismatch"  # the caller's key, or the page that embeds it, is not its client's
    STALE = "stale"  # created under another incarnation of the store


@frozen
class Refused(FramegateError):
    """The session cannot be ended as asked; nothing has changed."""

    reason: Refusal
