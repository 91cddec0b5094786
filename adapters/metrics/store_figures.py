"""What the store says, asked as seldom as it may be."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Generic, TypeVar

from application.ports import StoreUnavailable

T = TypeVar("T")

KEPT_SECONDS = 1.0
DEADLINE_SECONDS = 1.0


class StoreFigures(Generic[T]):
    """Asks at the most once in ``KEPT_SECONDS``, however many want to know."""

    def __init__(
        self,
        ask: Callable[[], Awaitable[Sequence[T]]],
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._ask = ask
        self._now = now
        self._answer: asyncio.Task[Sequence[T] | None] | None = None
        self._asked_at = 0.0

    async def latest(self) -> Sequence[T] | None:
        """Return what there was up to a moment ago, ``None`` where the store did not say."""
        now = self._now()
        if self._answer is None or now - self._asked_at >= KEPT_SECONDS:
            self._asked_at = now
            self._answer = asyncio.ensure_future(self._asked())
        return await asyncio.shield(self._answer)

    async def _asked(self) -> Sequence[T] | None:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await self._ask()
        except (StoreUnavailable, TimeoutError):
            return None
