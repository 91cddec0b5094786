"""What the memory store counts of one client."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from domain.usage import DAY_MS, HOUR_MS, Count, Counted, kept_days


class Tallies:
    """Counts of one client by the day and, within it, by hour, kind and region."""

    def __init__(self) -> None:
        self._days: defaultdict[int, Counter[tuple[int, Counted, str]]] = defaultdict(Counter)

    def count(self, now: int, what: Counted, *, many: int = 1, region: str = "") -> None:
        """Add to what was counted, and drop what is too old to be kept."""
        day = now // DAY_MS
        if day not in self._days:
            first, _ = kept_days(now)
            for old in [kept for kept in self._days if kept < first]:
                del self._days[old]
        self._days[day][now // HOUR_MS * HOUR_MS, what, region] += many

    def put_back(self, now: int, counts: Sequence[Count]) -> None:
        """Take in what was counted elsewhere: of each number the larger one stays."""
        first, _ = kept_days(now)
        for count in counts:
            day, key = count.hour // DAY_MS, (count.hour, count.what, count.region)
            if day >= first:
                self._days[day][key] = max(self._days[day][key], count.many)

    def of(self, first_day: int, last_day: int) -> Sequence[Count]:
        """Return the counts of these days."""
        return [
            Count(hour=hour, what=what, region=region, many=many)
            for day, tally in self._days.items()
            if first_day <= day <= last_day
            for (hour, what, region), many in tally.items()
        ]
