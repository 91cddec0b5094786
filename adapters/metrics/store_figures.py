"""What the store says of the clients, asked as seldom as it may be."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic

from application.ports import StoreUnavailable
from application.report_clients import Standing

KEPT_SECONDS = 1.0
DEADLINE_SECONDS = 1.0


class StoreFigures:
    """Asks at the most once in ``KEPT_SECONDS``, however many want to know."""

    def __init__(
        self,
        ask: Callable[[], Awaitable[Sequence[Standing]]],
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._ask = ask
        self._now = now
        self._answer: asyncio.Task[Sequence[Standing] | None] | None = None
        self._asked_at = 0.0

    async def latest(self) -> Sequence[Standing] | None:
        """Return what there was up to a moment ago, ``None`` where the store did not say."""
        now = self._now()
        if self._answer is None or now - self._asked_at >= KEPT_SECONDS:
            self._asked_at = now
            self._answer = asyncio.ensure_future(self._asked())
        return await asyncio.shield(self._answer)

    async def _asked(self) -> Sequence[Standing] | None:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await self._ask()
        except (StoreUnavailable, TimeoutError):
            return None
