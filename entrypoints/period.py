"""A period, as people write it in an address or on the command line."""

from datetime import UTC, datetime

from domain.errors import InvalidPeriod
from domain.usage import DAY_MS, HOUR_MS, Period, Step

USUAL_DAYS = 7
"""So many, today included, where nobody says since when."""


def read_period(since: str | None, until: str | None, step: Step, now: int) -> Period:
    """Read where it begins and where it ends, which is not part of it.

    Both are dates or instants in ISO 8601, in UTC where they do not say otherwise. It ends with
    the hour that runs ``now`` where nobody says when. Raises ``InvalidPeriod``.
    """
    end = (now // HOUR_MS + 1) * HOUR_MS if until is None else _instant(until)
    usual = ((end - 1) // DAY_MS - USUAL_DAYS + 1) * DAY_MS
    start = max(usual, 0) if since is None else _instant(since)
    return Period(start=start, end=end, step=step)


def _instant(text: str) -> int:
    try:
        told = datetime.fromisoformat(text)
        at = (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise InvalidPeriod from error
    return round(at * 1000)
