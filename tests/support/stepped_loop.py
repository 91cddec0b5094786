"""Event loops for tests that are coroutines: whose clock a test steps, or each kind in turn."""

import asyncio
import functools
import gc
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

AsyncTest = Callable[..., Coroutine[object, object, None]]
LOOPS: tuple[Callable[[], asyncio.AbstractEventLoop], ...] = (
    asyncio.new_event_loop,
    uvloop.new_event_loop,
)


class SteppedLoop(asyncio.SelectorEventLoop):
    """Its clock can be put forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


def run_on(make: Callable[[], asyncio.AbstractEventLoop], test: Coroutine[Any, Any, None]) -> None:
    """Run it, and fail where the loop had something to complain about that nobody heard."""
    complaints: list[dict[str, Any]] = []
    with asyncio.Runner(loop_factory=make) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: complaints.append(context))
        runner.run(test)
        gc.collect()
    assert complaints == []


def in_a_stepped_loop(test: AsyncTest) -> Callable[..., None]:
    @functools.wraps(test)
    def run(**fixtures: object) -> None:
        run_on(SteppedLoop, test(**fixtures))

    return run


def step(seconds: float) -> None:
    """Put the clock of the running loop forward."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SteppedLoop)
    loop.ahead += seconds


async def passes(count: int = 5) -> None:
    """Let the loop turn so often: all that is due by now happens."""
    for _ in range(count):
        await asyncio.sleep(0)
