"""How long tasks may take."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Patience:
    """Runs tasks, and cancels those that are not done after ``seconds``.

    One timer watches over all: they are in the order in which they began, so the first is
    the first to be late.
    """

    def __init__(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._deadlines: dict[asyncio.Task[Any], float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run it as a task, and watch over it."""
        task = self._loop.create_task(coroutine)
        deadline = self._loop.time() + self._seconds
        self._deadlines[task] = deadline
        task.add_done_callback(self._deadlines.pop)
        if self._timer is None:
            self._timer = self._loop.call_at(deadline, self._look)

    def _look(self) -> None:
        now = self._loop.time()
        for task, deadline in self._deadlines.items():
            if now < deadline:
                self._timer = self._loop.call_at(deadline, self._look)
                return
            task.cancel()
        self._timer = None
