"""How long a client's sessions live, how many may be active, how fast they may come."""

from collections.abc import Callable

from attrs import Attribute, field, frozen

from domain.errors import CapReached, InvalidCount, InvalidPolicy, InvalidTtl
from domain.rate import Rate

MOST_TTL_SECONDS = 86_400
MOST_CAP = 10_000_000
MOST_CREATES_PER_MINUTE = 10_000_000
MOST_AT_ONCE = 1000
MOST_GRANT_SECONDS = 7 * 86_400


def _within(most: int) -> Callable[[object, "Attribute[int]", int], None]:
    def check(_: object, attribute: "Attribute[int]", value: int) -> None:
        if not 1 <= value <= most:
            raise InvalidPolicy(attribute.name, value, 1, most)

    return check


@frozen
class Policy:
    """Time to live in seconds (1 to 86,400), cap and creates a minute (1 to 10,000,000).

    A grant lives ``grant_ttl_seconds``, or ``bearer_ttl_seconds`` where a script holds it, and
    ``grant_idle_seconds`` unless it is used (1 to 604,800). Raises ``InvalidPolicy`` when made
    with anything else.
    """

    ttl_seconds: int = field(default=1800, validator=_within(MOST_TTL_SECONDS))
    cap: int = field(default=1000, validator=_within(MOST_CAP))
    creates_per_minute: int = field(default=6000, validator=_within(MOST_CREATES_PER_MINUTE))
    grant_ttl_seconds: int = field(default=28_800, validator=_within(MOST_GRANT_SECONDS))
    grant_idle_seconds: int = field(default=1800, validator=_within(MOST_GRANT_SECONDS))
    bearer_ttl_seconds: int = field(default=3600, validator=_within(MOST_GRANT_SECONDS))
    create_rate: Rate = field(init=False, eq=False, repr=False)
    """How often a client may create."""

    @create_rate.default
    def _rate(self) -> Rate:
        return Rate(self.creates_per_minute)

    def ttl_ms(self, requested_seconds: object = None) -> int:
        """Milliseconds that a new session lives: the policy's, or fewer where requested.

        Raises ``InvalidTtl`` unless the request is a whole number of seconds (``True`` and
        ``1.0`` are not) from 1 to the policy's own.
        """
        if requested_seconds is None:
            return self.ttl_seconds * 1000
        # A bool is an int to isinstance, and a parent that sends one has a bug.
        if type(requested_seconds) is not int or not 1 <= requested_seconds <= self.ttl_seconds:
            raise InvalidTtl(self.ttl_seconds)
        return requested_seconds * 1000

    def batch_size(self, requested: object, *, limited: bool = True) -> int:
        """Return how many sessions to open at once: as many as requested.

        Raises ``InvalidCount`` unless that is a whole number from 1 to 1000, and no more than
        could ever be had: than the cap and, where rates are ``limited``, creates a minute.
        """
        most = min(MOST_AT_ONCE, self.cap)
        if limited:
            most = min(most, self.creates_per_minute)
        if type(requested) is not int or not 1 <= requested <= most:
            raise InvalidCount(most)
        return requested


def ensure_room(active: int, cap: int, retry_after_ms: int, wanted: int = 1) -> None:
    """Hold the cap: raise ``CapReached`` where as many more as ``wanted`` would be above it."""
    if active + wanted > cap:
        raise CapReached(cap, retry_after_ms)


def lacking(active: int, cap: int, wanted: int = 1) -> int:
    """Tell how many of the active sessions have to end before there is room for more."""
    return min(active, max(0, active + wanted - cap))
