import asyncio

from entrypoints.http.beat import Beat
from entrypoints.http.limits import HttpLimits
from tests.support.stepped_loop import in_a_stepped_loop, passes, step

SECOND = HttpLimits(first_request=4, body=4, keep_alive=4)


class Looking:
    """Counts how often it has looked, and says how long there is something to look at."""

    def __init__(self, *, times: int, fails_at: int = 0) -> None:
        self.looks = 0
        self._times = times
        self._fails_at = fails_at

    def __call__(self, now: float) -> bool:
        assert now > 0
        self.looks += 1
        if self.looks == self._fails_at:
            raise OSError("a close that failed")
        return self.looks < self._times


async def a_second() -> None:
    step(1)
    await passes()


@in_a_stepped_loop
async def test_it_looks_until_there_is_nothing_left_and_again_when_it_is_told() -> None:
    looking = Looking(times=2)
    beat = Beat(SECOND, looking)
    beat.begin()
    beat.begin()
    for looks in (1, 2, 2):
        await a_second()
        assert looking.looks == looks
    beat.begin()
    await a_second()
    assert looking.looks == 3


@in_a_stepped_loop
async def test_it_looks_more_than_once_within_the_shortest_limit() -> None:
    looking = Looking(times=9)
    beat = Beat(HttpLimits(first_request=0.4), looking)
    beat.begin()
    step(0.1)
    await passes()
    assert looking.looks == 1
    beat.end()


@in_a_stepped_loop
async def test_after_the_end_it_looks_no_more() -> None:
    looking = Looking(times=9)
    beat = Beat(SECOND, looking)
    beat.begin()
    beat.end()
    await a_second()
    assert looking.looks == 0


@in_a_stepped_loop
async def test_what_goes_wrong_once_does_not_end_the_watch() -> None:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    looking = Looking(times=3, fails_at=1)
    beat = Beat(SECOND, looking)
    beat.begin()
    for _ in range(3):
        await a_second()
    assert looking.looks == 3
