"""How much memory the store in memory takes: sessions are counted in hundreds of thousands."""

import subprocess
import sys
from pathlib import Path

SESSIONS = 50_000
MOST_BYTES = 500

# In a process of its own: what the tests before have left free would be used first.
MEASURE = """
import asyncio, gc, os, sys
from pathlib import Path

from adapters.memory.sessions import MemorySessions
from adapters.system import SystemClock, SystemRandomness
from domain.client import Client
from domain.opening import Opening
from domain.rate import Rate
from domain.session_id import SessionId

PORTAL, RATE = Client(name="portal"), Rate(1_000_000)
sessions, randomness = MemorySessions(SystemClock()), SystemRandomness()


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def create(count):
    for _ in range(count):
        session_id = SessionId.compose(PORTAL.tag, randomness.secret(24))
        await sessions.create(
            Opening(
                client="portal", digest=session_id.digest, ttl_ms=1_800_000, cap=10**7, rate=RATE
            )
        )


asyncio.run(create(1_000))
gc.collect()
before = resident()
asyncio.run(create(int(sys.argv[1])))
gc.collect()
print(resident() - before)
"""


def test_a_session_takes_no_more_than_500_bytes() -> None:
    root = Path(__file__).parents[3]
    asked = [sys.executable, "-c", MEASURE, str(SESSIONS)]
    done = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) / SESSIONS <= MOST_BYTES
