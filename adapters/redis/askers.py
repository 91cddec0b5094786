"""Those who wait for answers on one connection, in the order of their questions."""

import asyncio
from collections import deque
from typing import Any

from redis.exceptions import RedisError


class Askers:
    """Redis answers in order, so the first who waits is the next to be answered, or overdue.

    An asker who has gone leaves his place behind, so that his answer is not taken for
    another's: it is read and dropped. So is one that comes after its asker was given up.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, patience: float) -> None:
        self.waiting: deque[tuple[asyncio.Future[Any], float]] = deque()
        self._loop = loop
        self._patience = patience
        self._given_up = 0  # so many of the next answers are nobody's any more

    def add(self) -> asyncio.Future[Any]:
        """Have one more wait, for no longer than the patience."""
        answer = self._loop.create_future()
        self.waiting.append((answer, self._loop.time() + self._patience))
        return answer

    @property
    def next_deadline(self) -> float:
        """When the first is overdue; there must be one."""
        return self.waiting[0][1]

    def answer(self, answer: object) -> bool:
        """Answer the first. Tell whether there was anybody whose answer it was."""
        if self._given_up:
            self._given_up -= 1
            return True
        if not self.waiting:
            return False
        asker, _ = self.waiting.popleft()
        if not asker.done():
            if isinstance(answer, RedisError):
                asker.set_exception(answer)
            else:
                asker.set_result(answer)
        return True

    def give_up_the_overdue(self, now: float) -> None:
        """Tell them that there is no answer in time. It may still come."""
        while self.waiting and self.waiting[0][1] <= now:
            asker, _ = self.waiting.popleft()
            self._given_up += 1
            if not asker.done():
                asker.set_exception(TimeoutError("no answer in time"))

    def fail(self, problem: Exception) -> None:
        """Tell all of them the problem."""
        while self.waiting:
            asker, _ = self.waiting.popleft()
            if not asker.done():
                asker.set_exception(problem)
