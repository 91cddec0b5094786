"""One worker's part in what all of them measure."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic

from attrs import Factory, define, field

from adapters.metrics.board import Board
from adapters.metrics.exposition import Measured
from adapters.metrics.meter import Key, Meter, State, Timing
from adapters.metrics.shared_history import SharedHistory
from adapters.metrics.store_figures import StoreFigures
from application.metrics_ports import Exposition, Measurements, StoreServer
from application.report_clients import Standing
from domain.errors import FramegateError

BEAT_SECONDS = 0.25
BEATS_A_LEAVING = 4


@define(eq=False)
class SharedMeasurements(Measurements):
    """Leaves what the meter has counted on the board once a second, and whenever it is asked.

    So a worker that is killed loses a second of its counts, and whatever was told before stays
    true: no counter ever goes back. Who comes in the place of another goes on from its counts.
    ``build`` are the labels of ``build_info``; ``snapshot_age`` is told in milliseconds.
    """

    meter: Meter
    board: Board
    figures: StoreFigures[Standing]
    servers: StoreFigures[StoreServer]
    clients: Callable[[], Sequence[str]]
    build: Key
    snapshot_age: Callable[[], Awaitable[int | None]] | None = None
    history: SharedHistory = Factory(SharedHistory)
    place: int = field(init=False, default=0)
    _lag: Timing = field(init=False)
    _beats: int = field(init=False, default=0)
    _due: float = field(init=False, default=0.0)
    _timer: asyncio.TimerHandle | None = field(init=False, default=None)

    @_lag.default
    def _lags(self) -> Timing:
        return self.meter.timings["event_loop_lag_seconds",]

    def share(self, workers: int) -> None:
        """Make room for so many workers, which must be forked after this."""
        self.board.share(workers)
        self.history.board.share(workers)

    def start(self, place: int) -> None:
        """Begin at a place of the board, in the event loop that runs."""
        self.place = place
        if left := self.board.get(place):
            self.meter.go_on_from(State.unpacked(left))
        self.meter.counts["worker_starts",] += 1
        self._leave()
        self._wait()

    def close(self) -> None:
        """Leave what there is for the last time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._leave()

    def left_by_all(self) -> list[tuple[bytes, bool]]:
        """Return what every worker has left, and this one right away, as ``Board.all`` does."""
        self._leave()
        return self.board.all()

    async def written(self, accept: str) -> Exposition:
        standings, servers = await asyncio.gather(self.figures.latest(), self.servers.latest())
        left = self.left_by_all()
        asked: dict[str, Mapping[Key, float]] = {
            "build_info": {self.build: 1},
            "store_up": {(): float(standings is not None)},
        }
        age_ms = await self._age_of_snapshot()
        if age_ms is not None:
            asked["snapshot_age_seconds"] = {(): age_ms / 1000}
        if standings is not None:
            asked["sessions_active"] = {(each.client,): each.figures.active for each in standings}
            asked["session_cap"] = {(each.client,): each.cap for each in standings}
        if servers is not None:
            asked |= _told_of_servers(servers)
        # To write it all down may take longer than requests ought to wait.
        return await asyncio.to_thread(_written, left, self.clients(), asked, accept)

    async def _age_of_snapshot(self) -> int | None:
        try:
            return await self.snapshot_age() if self.snapshot_age is not None else None
        except FramegateError:
            return None

    def _leave(self) -> None:
        self.board.put(self.place, self.meter.state(os.getpid()).packed())

    def _wait(self) -> None:
        self._due = monotonic() + BEAT_SECONDS
        self._timer = asyncio.get_running_loop().call_later(BEAT_SECONDS, self._beat)

    def _beat(self) -> None:
        # A loop with whole milliseconds may be early, and a sum must never go back.
        self._lag.take(max(0.0, monotonic() - self._due))
        self._beats += 1
        self.meter.sort_in()
        if self._beats % BEATS_A_LEAVING == 0:
            self._leave()
        self._wait()


def _told_of_servers(servers: Sequence[StoreServer]) -> dict[str, Mapping[Key, float]]:
    return {
        "store_memory_bytes": {(each.name,): each.memory_bytes for each in servers},
        "store_memory_limit_bytes": {(each.name,): each.memory_limit_bytes for each in servers},
        "store_is_primary": {(each.name,): float(each.is_primary) for each in servers},
        "store_replicas": {(each.name,): each.replicas for each in servers},
    }


def _written(
    left: Sequence[tuple[bytes, bool]],
    clients: Sequence[str],
    asked: dict[str, Mapping[Key, float]],
    accept: str,
) -> Exposition:
    states = {place: State.unpacked(packed) for place, (packed, _) in enumerate(left) if packed}
    running = {place: state for place, state in states.items() if left[place][1]}
    measured = Measured(
        states=list(states.values()),
        running=running,
        clients=clients,
        asked={**asked, "workers": {(): len(running)}},
    )
    return measured.written(accept)
