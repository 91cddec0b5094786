from datetime import UTC, datetime

import pytest

from domain.errors import InvalidPeriod
from domain.usage import Step
from entrypoints.period import read_period


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


NOW = ms("2026-03-10T14:20")


@pytest.mark.parametrize(
    ("since", "until", "start", "end"),
    [
        ("2026-03-01", "2026-03-02", "2026-03-01T00:00", "2026-03-02T00:00"),
        ("2026-03-01T05:00", "2026-03-01T06:00Z", "2026-03-01T05:00", "2026-03-01T06:00"),
        ("2026-03-01T05:00-03:00", "2026-03-02", "2026-03-01T08:00", "2026-03-02T00:00"),
        ("2026-03-10", None, "2026-03-10T00:00", "2026-03-10T15:00"),
        (None, None, "2026-03-04T00:00", "2026-03-10T15:00"),
        (None, "2026-03-02", "2026-02-23T00:00", "2026-03-02T00:00"),
        (None, "1970-01-02", "1970-01-01T00:00", "1970-01-02T00:00"),
    ],
)
def test_a_period_is_read_as_it_is_meant(
    since: str | None, until: str | None, start: str, end: str
) -> None:
    read = read_period(since, until, Step.HOUR, NOW)
    assert (read.start, read.end, read.step) == (ms(start), ms(end), Step.HOUR)


def test_on_the_hour_the_hour_that_begins_is_included() -> None:
    assert read_period(None, None, Step.DAY, ms("2026-03-10T14:00")).end == ms("2026-03-10T15:00")


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-13-01", "2026-03-01T05:30", "0001-01-01T00:00+23:00", "9" * 4000],
)
def test_what_is_no_hour_is_refused(text: str) -> None:
    for since, until in [(text, None), (None, text)]:
        with pytest.raises(InvalidPeriod):
            read_period(since, until, Step.DAY, NOW)
