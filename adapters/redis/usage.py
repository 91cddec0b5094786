"""The usage that the scripts have counted."""

import asyncio
from collections.abc import Sequence

from adapters.redis.keys import key_of
from adapters.redis.link import RedisLink
from application.usage_ports import UsageLedger
from domain.usage import DAY_MS, HOUR_MS, Count, Counted

DAYS_AT_ONCE = 10
"""One day of a client is a few KB; so many are asked for together."""


class RedisUsage(UsageLedger):
    """Reads a hash a day, which ``count`` in ``lua/common.lua`` writes."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def counts(self, client: str, first_day: int, last_day: int) -> Sequence[Count]:
        counts: list[Count] = []
        for first in range(first_day, last_day + 1, DAYS_AT_ONCE):
            days = range(first, min(first + DAYS_AT_ONCE, last_day + 1))
            for of_day in await asyncio.gather(*(self._day(client, day) for day in days)):
                counts += of_day
        return counts

    async def _day(self, client: str, day: int) -> Sequence[Count]:
        told = await self._link.ask("HGETALL", key_of(client, f"counters:{day}"))
        fields = zip(told[::2], told[1::2], strict=True)  # names and values in turn
        return [_count(day, *field) for field in fields]


def field_of(count: Count) -> bytes:
    """Name a count within its day, as ``lua/common.lua`` does."""
    return f"{count.hour % DAY_MS // HOUR_MS}:{count.what}:{count.region}".encode()


def _count(day: int, field: bytes, many: bytes) -> Count:
    hour, what, region = field.decode().split(":")
    return Count(
        hour=day * DAY_MS + int(hour) * HOUR_MS,
        what=Counted(what),
        region=region,
        many=int(many),
    )
