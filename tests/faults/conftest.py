from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

from tests.support.framegate_server import write_clients
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
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path / "redis", "--appendonly", "yes") as server:
        yield server


@pytest.fixture
def clients_file(tmp_path: Path) -> Path:
    return write_clients(tmp_path / "clients.toml")
