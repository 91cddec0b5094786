import asyncio

from entrypoints.http.patience import AT_ONCE, Patience
from tests.support.stepped_loop import in_a_stepped_loop, passes, step


class Waiting:
    """Waits until it is told, and notes how it ended."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.ended = ""

    async def run(self) -> None:
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.ended = "cancelled"
        else:
            self.ended = "in time"


@in_a_stepped_loop
async def test_what_takes_too_long_is_cancelled_and_what_began_later_goes_on() -> None:
    patience, first, second = Patience(10), Waiting(), Waiting()
    patience.run(first.run())
    await passes()
    step(6)
    patience.run(second.run())
    await passes()
    assert (first.ended, second.ended) == ("", "")

    step(4)
    await passes()
    assert (first.ended, second.ended) == ("cancelled", "")

    step(6)
    await passes()
    assert second.ended == "cancelled"


@in_a_stepped_loop
async def test_what_is_done_in_time_is_left_alone() -> None:
    patience, one = Patience(10), Waiting()
    patience.run(one.run())
    one.may_end.set()
    await passes()

    step(11)
    await passes()
    assert one.ended == "in time"


@in_a_stepped_loop
async def test_it_watches_again_after_it_had_nothing_to_watch() -> None:
    patience, early, late = Patience(10), Waiting(), Waiting()
    patience.run(early.run())
    early.may_end.set()
    await passes()
    step(11)
    await passes()

    patience.run(late.run())
    await passes()
    assert late.ended == ""
    step(10)
    await passes()
    assert late.ended == "cancelled"


@in_a_stepped_loop
async def test_of_many_a_few_begin_in_each_pass_of_the_loop_in_their_order() -> None:
    begun: list[int] = []

    async def begin(number: int) -> None:
        begun.append(number)

    patience = Patience(10)
    for number in range(2 * AT_ONCE + 1):
        patience.run(begin(number))
    counts = []
    for _ in range(6):
        await passes(1)
        counts.append(len(begun))

    assert counts == [0, AT_ONCE, 2 * AT_ONCE, 2 * AT_ONCE + 1, *[2 * AT_ONCE + 1] * 2]
    assert begun == list(range(2 * AT_ONCE + 1))
