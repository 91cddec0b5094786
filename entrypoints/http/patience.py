"""How long tasks may take."""

import asyncio
from collections.abc import Coroutine
from typing import Any

AT_ONCE = 16
"""So many tasks begin in one pass of the event loop. While the next ones do their part, Redis has
what these have asked. Were all of a crowd begun together, the server would wait for Redis and
Redis for the server, in turns."""


class Patience:
    """Runs tasks, and cancels those that are not done after ``seconds``.

    One timer watches over all: they are in the order in which they began, so the first is
    the first to be late.
    """

    def __init__(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._next: list[Coroutine[Any, Any, None]] = []
        self._deadlines: dict[asyncio.Task[Any], float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run it as a task, and watch over it."""
        self._next.append(coroutine)
        if len(self._next) == 1:
            self._loop.call_soon(self._begin)

    def _begin(self) -> None:
        some, self._next = self._next[:AT_ONCE], self._next[AT_ONCE:]
        if self._next:
            self._loop.call_soon(self._begin)
        deadline = self._loop.time() + self._seconds
        for coroutine in some:
            task = self._loop.create_task(coroutine)
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
