"""Several workers: one parent that starts them, replaces them, and passes signals on."""

import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import structlog

STOP_SECONDS = 15
"""After this time a worker that has not stopped is killed."""

MOST_LOSSES = 10
LOSSES_WITHIN_SECONDS = 60
"""More workers than this lost within this time: something is wrong that a new worker would
only meet again."""

_PASSED_ON = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}

_log = structlog.stdlib.get_logger("framegate.supervisor")


class Supervisor:
    """Keeps ``count`` workers running until SIGTERM or SIGINT; SIGHUP goes to all of them.

    ``work`` runs in each worker, after the fork, with a pipe that closes when this process
    is gone, so that no worker outlives it.
    """

    def __init__(self, count: int, work: Callable[[int], None]) -> None:
        self._count = count
        self._work = work
        self._workers: set[int] = set()
        self._losses: list[float] = []
        self._stopping = False
        self._alive, self._our_end = os.pipe()

    def run(self) -> int:
        """Run until told to stop; return the exit status."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._stop)
        signal.signal(signal.SIGHUP, self._pass_on)
        signal.signal(signal.SIGALRM, self._kill)
        for _ in range(self._count):
            self._start()
        while self._workers:
            pid, status = os.wait()
            self._workers.discard(pid)
            if not self._stopping:
                self._replace(pid, os.waitstatus_to_exitcode(status))
        return 1 if self._has_failed() else 0

    def _start(self) -> None:
        # A signal between fork and the worker's own handlers must not run ours in the worker,
        # nor find this process with a worker that it does not know yet.
        signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
        if not self._stopping:
            pid = os.fork()
            if pid == 0:
                self._be_a_worker()
            self._workers.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)

    def _be_a_worker(self) -> NoReturn:
        os.close(self._our_end)
        for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(signum, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # by default it would kill
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
        self._work(self._alive)
        sys.stderr.flush()
        os._exit(0)

    def _replace(self, pid: int, exit_code: int) -> None:
        _log.warning("worker_lost", pid=pid, exit_code=exit_code)
        now = time.monotonic()
        self._losses = [t for t in self._losses if now - t < LOSSES_WITHIN_SECONDS] + [now]
        if self._has_failed():
            _log.error("too_many_workers_lost", within_seconds=LOSSES_WITHIN_SECONDS)
            self._stop(signal.SIGTERM, None)
        else:
            self._start()

    def _has_failed(self) -> bool:
        return len(self._losses) > MOST_LOSSES

    def _stop(self, _: int, __: FrameType | None) -> None:
        self._stopping = True
        signal.alarm(STOP_SECONDS)
        self._signal_all(signal.SIGTERM)

    def _pass_on(self, signum: int, _: FrameType | None) -> None:
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
