"""Several workers: one parent that starts them, replaces them, and passes signals on."""

import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import structlog
from attrs import frozen

STOP_SECONDS = 15
"""After this time a worker that has not stopped is killed."""

LONGEST_PAUSE_SECONDS = 5.0
"""Workers that die one after the other are replaced ever more slowly, up to this pause."""

MOST_LOSSES = 10
"""So many workers lost in a row, and none left: a new one would only meet the same."""

STEADY_SECONDS = 30
"""Without a loss for so long, the next one counts as the first again."""

_PASSED_ON = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}

_log = structlog.stdlib.get_logger("framegate.supervisor")


@frozen
class Post:
    """What a worker is given.

    ``alive`` is a pipe that closes when the supervisor is gone, so that no worker outlives it;
    ``place`` a number that no other worker has as long as this one lives.
    """

    alive: int
    place: int


class Supervisor:
    """Keeps ``count`` workers running until SIGTERM or SIGINT.

    ``work`` runs in each worker, after the fork, at its post. Whose post falls vacant is told to
    ``lost``, before it is given on. ``reload`` runs here on SIGHUP, which then goes
    to all workers: a worker that is replaced later starts from what was read here, and not
    from whatever stands in the files by then.
    """

    def __init__(
        self,
        count: int,
        work: Callable[[Post], None],
        reload: Callable[[], None],
        lost: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._count = count
        self._work = work
        self._reload = reload
        self._lost = lost
        self._workers: dict[int, int] = {}
        self._losses = 0
        self._last_loss = 0.0
        self._stopping = False
        self._alive, self._our_end = os.pipe()

    def run(self) -> int:
        """Run until told to stop; return the exit status."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._stop)
        signal.signal(signal.SIGHUP, self._read_again)
        signal.signal(signal.SIGALRM, self._kill)
        for place in range(self._count):
            self._start(place)
        while self._workers:
            pid, status = os.wait()
            if pid not in self._workers:  # as process 1 it is given the children of others
                continue
            place = self._workers.pop(pid)
            self._lost(place)
            if not self._stopping:
                self._replace(pid, place, os.waitstatus_to_exitcode(status))
        return 0 if self._stopping else 1

    def _start(self, place: int) -> None:
        # A signal between fork and the worker's own handlers must not run ours in the worker,
        # nor find this process with a worker that it does not know yet.
        signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
        if not self._stopping:
            pid = os.fork()
            if pid == 0:
                self._be_a_worker(place)
            self._workers[pid] = place
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)

    def _be_a_worker(self, place: int) -> NoReturn:
        os.close(self._our_end)
        for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(signum, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # by default it would kill
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
        self._work(Post(self._alive, place))
        sys.stderr.flush()
        os._exit(0)

    def _replace(self, pid: int, place: int, exit_code: int) -> None:
        now = time.monotonic()
        self._losses = self._losses + 1 if now - self._last_loss < STEADY_SECONDS else 1
        self._last_loss = now
        _log.warning("worker_lost", pid=pid, exit_code=exit_code, in_a_row=self._losses)
        if self._losses > MOST_LOSSES and not self._workers:
            _log.error("no_worker_stays_alive")
            return
        if self._losses > 1:
            time.sleep(min(0.1 * 2**self._losses, LONGEST_PAUSE_SECONDS))
        self._start(place)

    def _stop(self, _: int, __: FrameType | None) -> None:
        self._stopping = True
        signal.alarm(STOP_SECONDS)
        self._signal_all(signal.SIGTERM)

    def _read_again(self, signum: int, _: FrameType | None) -> None:
        self._reload()
        self._signal_all(signum)

    def _kill(self, _: int, __: FrameType | None) -> None:
        _log.error("workers_killed", count=len(self._workers))
        self._signal_all(signal.SIGKILL)

    def _signal_all(self, signum: int) -> None:
        for pid in self._workers:
            try:
                os.kill(pid, signum)
            except ProcessLookupError:
                continue
