import asyncio
from typing import cast

from attrs import define

from application.look_at_store import LookAtStore
from application.take_reading import TakeReading
from entrypoints.sampling import Sampling
from tests.support.stepped_loop import in_a_stepped_loop, passes, step


@define
class Counting:
    """In the place of both use cases: counts, and fails at first."""

    times: int = 0
    closely: bool | None = None
    due_in: float = 0.0

    async def begin(self) -> float:
        if self.due_in < 0:
            raise LookupError("what was kept cannot be read")
        return self.due_in

    async def execute(self, *, closely: bool | None = None) -> None:
        self.times, self.closely = self.times + 1, closely
        if self.times == 1:
            raise LookupError("a reading that fails")


@in_a_stepped_loop
async def test_a_reading_is_taken_every_step_also_after_one_that_failed() -> None:
    take, look = Counting(), Counting(1)
    sampling = Sampling(cast("TakeReading", take), cast("LookAtStore", look))
    sampling.start()
    for steps in (1, 2, 3):
        await passes()
        assert take.times == steps
        step(4.9)
        await passes()
        assert take.times == steps
        step(0.1)
    assert look.closely is False
    await sampling.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@in_a_stepped_loop
async def test_who_goes_on_from_another_reads_a_step_after_it() -> None:
    take, look = Counting(1, due_in=3.0), Counting(1)
    sampling = Sampling(cast("TakeReading", take), cast("LookAtStore", look))
    sampling.start()
    await passes()
    step(2.9)
    await passes()
    assert take.times == 1
    step(0.1)
    await passes()
    assert take.times == 2
    await sampling.close()


@in_a_stepped_loop
async def test_who_cannot_go_on_begins_anew() -> None:
    take, look = Counting(1, due_in=-1.0), Counting(1)
    sampling = Sampling(cast("TakeReading", take), cast("LookAtStore", look))
    sampling.start()
    await passes()
    assert take.times == 2
    await sampling.close()


@in_a_stepped_loop
async def test_what_was_never_begun_can_be_ended() -> None:
    await Sampling(cast("TakeReading", Counting()), cast("LookAtStore", Counting())).close()
