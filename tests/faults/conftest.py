from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

from tests.faults.kinds import Serve
from tests.support.framegate_server import FramegateServer, running_framegate, write_clients
from tests.support.redis_server import RedisServer, running_redis

Hold = Callable[[str, Callable[[Any], None], SearchStrategy[Any]], None]


@pytest.fixture
def hold(scale: Callable[[int, int], int], figure: Callable[[str, str], None]) -> Hold:
    """Hold a property over many examples."""
    examples = scale(200, 10_000)
    chosen = settings(max_examples=examples, deadline=None, derandomize=True, print_blob=True)

    def over(what: str, examine: Callable[[Any], None], strategy: SearchStrategy[Any]) -> None:
        chosen(given(strategy)(examine))()
        figure(f"hostile input to parsers: {what}", f"{examples:,} examples, 0 surprises")

    return over


@pytest.fixture
def redis_options() -> tuple[str, ...]:
    """How Redis is started; a test that wants it otherwise parametrizes this."""
    return ("--appendonly", "yes")


@pytest.fixture
def redis_server(tmp_path: Path, redis_options: tuple[str, ...]) -> Iterator[RedisServer]:
    with running_redis(tmp_path / "redis", *redis_options) as server:
        yield server


@pytest.fixture
def clients_file(tmp_path: Path) -> Path:
    return write_clients(tmp_path / "clients.toml")


@pytest.fixture
def environment(redis_server: RedisServer, clients_file: Path) -> dict[str, str]:
    """What a server is configured by; rate limits are judged elsewhere."""
    return {
        "REDIS_URL": redis_server.url,
        "CLIENTS_FILE": str(clients_file),
        "DRAIN_SECONDS": "0",
        "RATE_LIMITS": "off",
    }


@pytest.fixture
def serve(tmp_path: Path, environment: dict[str, str]) -> Serve:
    """Run a server; what is given differs from ``environment``."""

    def run(**different: str) -> AbstractContextManager[FramegateServer]:
        return running_framegate(tmp_path / "server", {**environment, **different}, "serve")

    return run
