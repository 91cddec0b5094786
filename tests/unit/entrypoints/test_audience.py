"""Who watches, and what it costs: one frame a second, whoever and however many they are."""

import asyncio
from typing import cast

import pytest
from attrs import Factory, define

from application.look_at_store import LookAtStore, StoreView
from application.show_dashboard import Moment, ShowDashboard
from domain.readings import Counts, History, Reading
from domain.spread import Spread
from entrypoints.http.dashboard.audience import (
    FIRST_LOOK_SECONDS,
    LOOK_SECONDS,
    SIGNED_OUT,
    Audience,
)
from entrypoints.http.dashboard.full import DashboardFull
from entrypoints.http.dashboard.viewer import Viewer
from entrypoints.http.departure import WRITE_SECONDS
from entrypoints.http.drain import Drain
from tests.support.stepped_loop import in_a_stepped_loop, passes, step

NONE = Spread.none((0.1,))


@define
class Showing:
    """In the place of the use cases: counts, fails when it is told to, and hangs when it is."""

    shown: int = 0
    looks: int = 0
    fails: bool = False
    hangs: bool = False

    async def execute(self, *, closely: bool | None = None) -> Moment:
        if closely:
            self.looks += 1
            if self.hangs:
                await asyncio.Event().wait()
        else:
            self.shown += 1
        if self.fails:
            raise LookupError("a frame that fails")
        now = Reading(at=self.shown, counts=Counts(store=NONE, lag=NONE))
        return Moment(now=now, history=History(), store=StoreView())


@define(eq=False)
class Watcher:
    """A viewer, and what he has got; ``reads`` tells whether he takes what he is sent."""

    reads: bool = True
    holds: bool = True
    hung_up: int = 0
    got: list[bytes] = Factory(list)
    viewer: Viewer = Factory(lambda self: self._viewer(), takes_self=True)

    def _viewer(self) -> Viewer:
        return Viewer(self._write, self._hang_up, lambda: self.holds)

    def _write(self, chunk: bytes) -> "asyncio.Future[None]":
        self.got.append(chunk)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.reads:
            future.set_result(None)
        return future

    def _hang_up(self) -> None:
        self.hung_up += 1


def audience_of(showing: Showing, most: int = 200) -> Audience:
    show, look = cast("ShowDashboard", showing), cast("LookAtStore", showing)
    return Audience(show, look, Drain(), "redis", most)


async def seconds(many: int) -> None:
    for _ in range(many):
        step(1.0)
        await passes(20)


@in_a_stepped_loop
async def test_a_hundred_viewers_are_one_frame_a_second_and_one_look_at_the_store() -> None:
    costs = []
    for viewers in (1, 100):
        showing, watchers = Showing(), [Watcher() for _ in range(viewers)]
        audience = audience_of(showing)
        for watcher in watchers:
            audience.join(watcher.viewer)
        await passes(20)
        await seconds(9)
        costs.append((showing.shown, showing.looks))
        assert len({id(frame) for watcher in watchers for frame in watcher.got}) == 10
        for watcher in watchers:
            assert len(watcher.got) == 10
            audience.part(watcher.viewer)
    assert costs == [(10, 10), (10, 10)]


@in_a_stepped_loop
async def test_nothing_is_done_where_nobody_watches() -> None:
    showing, watcher = Showing(), Watcher()
    audience = audience_of(showing)
    await seconds(3)
    assert (showing.shown, showing.looks) == (0, 0)
    audience.join(watcher.viewer)
    await passes()
    audience.part(watcher.viewer)
    await seconds(3)
    assert (showing.shown, showing.looks) == (1, 1)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@in_a_stepped_loop
async def test_who_comes_later_is_shown_at_once_what_there_is() -> None:
    showing, first, second = Showing(), Watcher(), Watcher()
    audience = audience_of(showing)
    audience.join(first.viewer)
    await passes()
    audience.join(second.viewer)
    assert second.got == first.got
    audience.part(first.viewer)
    audience.part(second.viewer)


@in_a_stepped_loop
async def test_who_does_not_read_gets_no_second_frame_and_is_dropped() -> None:
    showing, slow, quick = Showing(), Watcher(reads=False), Watcher()
    audience = audience_of(showing)
    for watcher in (slow, quick):
        audience.join(watcher.viewer)
    await passes()
    await seconds(int(WRITE_SECONDS) - 1)
    assert (len(slow.got), slow.hung_up, slow.viewer.gone.is_set()) == (1, 0, False)
    await seconds(1)
    assert (len(slow.got), slow.hung_up, slow.viewer.gone.is_set()) == (1, 1, True)
    assert len(quick.got) == 1 + WRITE_SECONDS
    for watcher in (slow, quick):
        audience.part(watcher.viewer)


@in_a_stepped_loop
async def test_who_is_no_longer_signed_in_is_told_so_and_seen_off() -> None:
    showing, ours, others = Showing(), Watcher(), Watcher()
    audience = audience_of(showing)
    for watcher in (ours, others):
        audience.join(watcher.viewer)
    await passes()
    ours.holds = False
    await seconds(1)
    assert ours.viewer.gone.is_set()
    assert ours.got[1:] == [SIGNED_OUT]
    assert not others.viewer.gone.is_set()
    for watcher in (ours, others):
        audience.part(watcher.viewer)


@in_a_stepped_loop
async def test_everybody_is_seen_off_when_the_server_drains() -> None:
    watchers = [Watcher() for _ in range(3)]
    audience = audience_of(Showing())
    for watcher in watchers:
        audience.join(watcher.viewer)
    await passes()
    audience.drain.started = True
    await seconds(1)
    for watcher in watchers:
        assert watcher.viewer.gone.is_set()
        assert len(watcher.got) == 1
        audience.part(watcher.viewer)


@in_a_stepped_loop
async def test_frames_come_while_the_store_hangs_and_it_is_asked_again_later() -> None:
    showing, watcher = Showing(hangs=True), Watcher()
    audience = audience_of(showing)
    audience.join(watcher.viewer)
    await passes()
    assert watcher.got == []
    step(FIRST_LOOK_SECONDS)
    await passes()
    assert len(watcher.got) == 1
    await seconds(int(LOOK_SECONDS) - 1)
    assert (len(watcher.got), showing.looks) == (LOOK_SECONDS, 1)
    await seconds(5 * int(LOOK_SECONDS))
    assert showing.looks == 2  # a fifth of the time is spent with looking, and no more
    audience.part(watcher.viewer)


@in_a_stepped_loop
async def test_a_frame_that_fails_is_not_the_last() -> None:
    showing, watcher = Showing(fails=True), Watcher()
    audience = audience_of(showing)
    audience.join(watcher.viewer)
    await passes()
    assert watcher.got == []
    showing.fails = False
    await seconds(1)
    assert len(watcher.got) == 1
    audience.part(watcher.viewer)


@in_a_stepped_loop
async def test_there_is_room_for_so_many_and_for_another_when_one_has_left() -> None:
    watchers = [Watcher() for _ in range(2)]
    audience = audience_of(Showing(), most=2)
    for watcher in watchers:
        audience.check_room()
        audience.join(watcher.viewer)
    with pytest.raises(DashboardFull) as full:
        audience.check_room()
    assert full.value.most == 2
    audience.part(watchers[0].viewer)
    audience.check_room()
    audience.part(watchers[1].viewer)
