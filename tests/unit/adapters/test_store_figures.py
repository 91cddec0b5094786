import asyncio
from collections.abc import Sequence

from adapters.metrics.store_figures import DEADLINE_SECONDS, KEPT_SECONDS, StoreFigures
from application.ports import StoreUnavailable
from application.report_clients import Standing
from domain.figures import Figures
from tests.support.stepped_loop import in_a_stepped_loop, passes, step

STANDING = Standing(client="portal", figures=Figures(active=1), cap=2)


class Store:
    """Answers when it may, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.away = False

    async def ask(self) -> Sequence[Standing]:
        self.asked += 1
        await self.may_answer.wait()
        if self.away:
            raise StoreUnavailable("timeout")
        return [STANDING]


@in_a_stepped_loop
async def test_many_who_ask_at_once_are_one_to_the_store() -> None:
    store, now = Store(), [10.0]
    figures = StoreFigures(store.ask, lambda: now[0])
    waiting = [asyncio.ensure_future(figures.latest()) for _ in range(5)]
    await passes()
    store.may_answer.set()
    assert await asyncio.gather(*waiting) == [[STANDING]] * 5

    now[0] += KEPT_SECONDS - 0.001
    await figures.latest()
    assert store.asked == 1

    now[0] += 0.001
    await figures.latest()
    assert store.asked == 2


@in_a_stepped_loop
async def test_a_store_that_is_away_says_nothing() -> None:
    store = Store()
    store.away = True
    store.may_answer.set()
    assert await StoreFigures(store.ask).latest() is None


@in_a_stepped_loop
async def test_a_store_that_does_not_answer_is_given_up_in_time() -> None:
    store = Store()
    waiting = asyncio.ensure_future(StoreFigures(store.ask).latest())
    await passes()
    assert not waiting.done()
    step(DEADLINE_SECONDS)
    assert await waiting is None
