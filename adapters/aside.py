"""A thread beside the event loop, for what may have to wait for a disk or a pipe."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue

Work = Callable[[], None]


class Aside:
    """Does one thing after the other, in a thread that is made when it is first needed.

    Nobody waits for it at the end of the process: it may hang for ever, on a disk that does.
    """

    def __init__(self) -> None:
        self._to_do: SimpleQueue[tuple[Work, asyncio.Future[None]]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def do(self, work: Work) -> None:
        """Have it done, and wait for that. Raises what the work raises."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._to_do.put((work, done))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="aside", daemon=True)
            self._thread.start()
        await done

    def _work(self) -> None:
        while True:
            work, done = self._to_do.get()
            problem: Exception | None = None
            try:
                work()
            except Exception as error:  # noqa: BLE001 whoever waits for it is told
                problem = error
            with suppress(RuntimeError):  # nobody waits in a loop that is closed
                done.get_loop().call_soon_threadsafe(_settle, done, problem)


def _settle(done: "asyncio.Future[None]", problem: Exception | None) -> None:
    if done.done():
        return
    if problem is None:
        done.set_result(None)
    else:
        done.set_exception(problem)
