"""``python -m bench.memory_child COUNT``: bytes a session in the memory adapter.

It runs as a process of its own, whose resident set holds nothing else that grows.
"""

import asyncio
import gc
import os
import sys
from pathlib import Path

from adapters.memory.sessions import MemorySessions
from adapters.system import SystemClock
from bench.fill import opening

_PAGE = os.sysconf("SC_PAGE_SIZE")
_RESIDENT = 1  # among the fields of /proc/self/statm


def _resident_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[_RESIDENT]) * _PAGE


async def _measure(count: int) -> float:
    sessions = MemorySessions(SystemClock())
    await sessions.create(opening())
    before = _resident_bytes()
    for _ in range(count):
        await sessions.create(opening())
    return (_resident_bytes() - before) / count


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(_measure(int(sys.argv[1])))}\n")
