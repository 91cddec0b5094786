"""All who watch the dashboard at one worker: one frame a second, the same bytes for each."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import orjson
import structlog
from attrs import Factory, define

from application.look_at_store import LookAtStore
from application.show_dashboard import Moment, ShowDashboard
from entrypoints.http.dashboard.frame import frame_of
from entrypoints.http.dashboard.full import DashboardFull
from entrypoints.http.dashboard.viewer import Viewer
from entrypoints.http.drain import Drain

MOST_VIEWERS = 128
FRAME_SECONDS = 1.0
LOOK_SECONDS = 10.0
"""A look at the store that takes longer is given up."""

SHARE_OF_LOOKING = 0.2
"""So much of the time the store is asked at the most, however slow it is."""

FIRST_LOOK_SECONDS = 0.5
"""So long whoever comes first waits for the store."""

AT_ONCE = 8
"""So many are sent a frame in one pass of the event loop: requests need not wait for a hundred."""

SIGNED_OUT = b"event: signed_out\ndata: {}\n\n"

_log = structlog.stdlib.get_logger("framegate.http")


@define(eq=False)
class Audience:
    """Works only while somebody watches, and as much for one as for all.

    The store is asked beside, so that the frames come while it is slow or away.
    """

    show: ShowDashboard
    look: LookAtStore
    drain: Drain
    storage: str
    most: int = MOST_VIEWERS
    seconds: float = FRAME_SECONDS
    composed: int = 0
    """How many frames there were."""
    _viewers: set[Viewer] = Factory(set)
    _frame: bytes = b""
    _looked: asyncio.Event = Factory(asyncio.Event)
    _tasks: "list[asyncio.Task[None]]" = Factory(list)

    @property
    def viewers(self) -> int:
        """How many watch."""
        return len(self._viewers)

    def check_room(self) -> None:
        """Raise ``DashboardFull`` where there is no room for one more."""
        if self.viewers >= self.most:
            raise DashboardFull(self.most)

    def join(self, viewer: Viewer) -> None:
        """Show him what there is, and from then on what comes."""
        self._viewers.add(viewer)
        if not self._tasks:
            loop = asyncio.get_running_loop()
            self._tasks = [loop.create_task(self._look()), loop.create_task(self._go_on())]
        elif self._frame:
            viewer.show(self._frame, asyncio.get_running_loop().time())

    def part(self, viewer: Viewer) -> None:
        """Show him no more; after the last there is nothing to do."""
        self._viewers.discard(viewer)
        if not self._viewers:
            for task in self._tasks:
                task.cancel()
            self._tasks, self._frame = [], b""
            self._looked.clear()

    async def moment(self) -> Moment:
        """Return what there is to be seen, for who comes without staying."""
        if not self._viewers:
            with suppress(TimeoutError):
                async with asyncio.timeout(FIRST_LOOK_SECONDS):
                    await self.look.execute(closely=True)
        return await self.show.execute()

    def fields(self, moment: Moment) -> Mapping[str, Any]:
        """Put a moment into the fields of a frame."""
        return frame_of(moment, self.storage)

    async def _go_on(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LOOK_SECONDS):
                await self._looked.wait()
        await self._in_turns(self._show_to_all, lambda _: self.seconds)

    async def _look(self) -> None:
        await self._in_turns(self._look_once, self._pause_after)

    def _pause_after(self, took: float) -> float:
        return max(self.seconds, took / SHARE_OF_LOOKING)

    async def _look_once(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self.look.execute(closely=True)
                self._looked.set()

    async def _show_to_all(self) -> None:
        moment = await self.show.execute()
        self._frame = b"data: %b\n\n" % orjson.dumps(self.fields(moment))
        self.composed += 1
        now = asyncio.get_running_loop().time()
        for n, viewer in enumerate(list(self._viewers), 1):
            if n % AT_ONCE == 0:
                await asyncio.sleep(0)
            if viewer.gone.is_set():
                continue
            if self.drain.started:
                viewer.dismiss()
            elif not viewer.holds():
                viewer.dismiss(SIGNED_OUT)
            else:
                viewer.show(self._frame, now)

    async def _in_turns(
        self, do: Callable[[], Any], turn_seconds: Callable[[float], float]
    ) -> None:
        """Do it time and again; one time that fails must not be the last."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await do()
            except Exception:  # noqa: BLE001 whatever it is, the next may be better
                _log.exception("dashboard_failed")
            took = loop.time() - began
            await asyncio.sleep(turn_seconds(took) - took)
