"""What ``framegate serve`` says at start about its Redis, and that it serves all the same."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.framegate_server import KEYS, FramegateServer, bearer, running_framegate
from tests.support.http_call import call
from tests.support.redis_server import RedisServer
from tests.support.waiting import until

TRIES = 10


def warnings_of(server: FramegateServer) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == "store_check_failed"]


@contextmanager
def started(
    folder: Path, settings: dict[str, str]
) -> Iterator[tuple[FramegateServer, list[dict[str, Any]]]]:
    """Start one, and yield it with its warnings; another, where the machine was too busy to look.

    A start waits for the look no longer than a busy machine may take for it.
    """
    for _ in range(TRIES):
        with running_framegate(folder, settings, "serve") as server:
            warnings = warnings_of(server)
            if "redis.slow" not in {warning["check"] for warning in warnings}:
                yield server, warnings
                return
    message = "the look at Redis has taken too long, too often"
    raise AssertionError(message)


def wait_for_workers(server: FramegateServer, count: int) -> None:
    until("all workers serve", lambda: server.log.count('"serving"') >= count)


def create(server: FramegateServer) -> int:
    return call("POST", f"{server.url}/auth/create-session", headers=bearer(KEYS.portal)).status


def test_what_is_wrong_is_logged_once_however_many_workers_there_are(
    tmp_path: Path, environment: dict[str, str], redis_server: RedisServer
) -> None:
    with redis_server.client() as redis:
        redis.config_set("maxmemory-policy", "allkeys-lru")
    settings = environment | {"WORKERS": "2", "SINGLE_USE": "durable", "LANG": "pt_BR.UTF-8"}
    with started(tmp_path / "server", settings) as (server, _):
        wait_for_workers(server, 2)
        eviction, durable = warnings_of(server)
        assert create(server) == 200
    assert (eviction["check"], eviction["level"]) == ("redis.eviction.on", "warning")
    # Logs are in English, whatever the language of the terminal.
    assert "Change it: CONFIG SET maxmemory-policy noeviction" in eviction["problem"]
    assert "CONFIG SET appendfsync always" in durable["problem"]


def test_a_fit_redis_is_not_talked_about(tmp_path: Path, environment: dict[str, str]) -> None:
    with started(tmp_path / "server", environment) as (server, warnings):
        assert warnings == []
        assert "redis." not in server.log


def test_a_redis_that_is_away_is_a_warning(
    tmp_path: Path, environment: dict[str, str], redis_server: RedisServer
) -> None:
    redis_server.stop()
    with started(tmp_path / "server", environment) as (server, (away,)):
        assert away["check"] == "redis.unreachable.refused"
        redis_server.start()
        until("it serves", lambda: create(server) == 200)


def test_a_redis_that_hangs_does_not_hold_up_a_start(
    tmp_path: Path, environment: dict[str, str], redis_server: RedisServer
) -> None:
    redis_server.send(signal.SIGSTOP)
    # By its own time-out alone the look would last for longer than a start may.
    settings = environment | {"REDIS_TIMEOUT_MS": "60000"}
    with running_framegate(tmp_path / "server", settings, "serve") as server:
        (slow,) = warnings_of(server)
        assert slow["check"] == "redis.slow"
        redis_server.send(signal.SIGCONT)
        assert create(server) == 200
