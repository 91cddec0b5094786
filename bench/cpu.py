"""The processor time that a server has used: user and system, its children included."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
# Of what follows the name in /proc/<pid>/stat: utime, stime, and those of ended children.
_TIMES = slice(11, 15)


def cpu_seconds(pid: int) -> float:
    """Return what the process and all its descendants have used so far."""
    return sum(_ticks(each) for each in _family(pid)) / _TICKS


def rest(pid: int) -> None:
    """Wait until it has done what was asked of it: for two ticks it has used nothing."""
    used, now = -1.0, cpu_seconds(pid)
    while now != used:
        time.sleep(2 / _TICKS)
        used, now = now, cpu_seconds(pid)


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[_TIMES]))


def _family(pid: int) -> Iterator[int]:
    yield pid
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from _family(int(child))
