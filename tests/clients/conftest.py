from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.key import compose_key, digest_key
from tests.clients.waiting import Connect, connecting
from tests.support.framegate_server import FramegateServer, running_framegate, write_clients

ROUTES = Path(__file__).parents[2] / "entrypoints" / "http"
# The one route of the client's that a server may not have.
collect_ignore = [] if (ROUTES / "sessions.py").exists() else ["test_control.py"]

SMALL_KEY = compose_key(b"small's key".ljust(32, b"."))
SLOW_KEY = compose_key(b"slow's key".ljust(32, b"."))
MORE_CLIENTS = f"""
[[client]]
name = "small"
keys = ["{digest_key(SMALL_KEY)}"]
session_cap = 1

[[client]]
name = "slow"
keys = ["{digest_key(SLOW_KEY)}"]
creates_per_minute = 1
"""


def environment(folder: Path) -> dict[str, str]:
    return {
        "STORAGE": "memory",
        "CLIENTS_FILE": str(write_clients(folder / "clients.toml", MORE_CLIENTS)),
        "FAILED_REDEEMS_PER_MINUTE": "100000",
        "DRAIN_SECONDS": "0",
    }


@pytest.fixture(scope="module")
def framegate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FramegateServer]:
    folder = tmp_path_factory.mktemp("framegate")
    with running_framegate(folder, environment(folder), "serve") as server:
        yield server


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def connect(kind: str) -> Iterator[Connect]:
    with connecting(kind) as connect:
        yield connect
