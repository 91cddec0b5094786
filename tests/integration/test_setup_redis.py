"""`scripts/setup_redis.sh`, as far as it can be tried without changing the machine."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.redis_server import RedisServer, free_port, running_redis

SCRIPT = Path(__file__).parents[2] / "scripts" / "setup_redis.sh"


def setup(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(SCRIPT), *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_redis_that_is_fit_is_left_as_it_is(redis_server: RedisServer) -> None:
    with redis_server.client() as redis:
        before = redis.config_get("*")
        done = setup("--port", str(redis_server.port))
        after = redis.config_get("*")
    assert done.returncode == 0, done.stderr
    assert f"REDIS_URL=redis://localhost:{redis_server.port}/0" in done.stdout
    assert after == before


@pytest.mark.parametrize(("language", "words"), [("en", "not fit"), ("pt", "não serve")])
def test_somebody_elses_unfit_redis_is_not_touched_and_each_remedy_is_named(
    tmp_path: Path, language: str, words: str
) -> None:
    unfit = ("--maxmemory-policy", "allkeys-lru", "--appendonly", "no")
    with running_redis(tmp_path / "unfit", *unfit) as server, server.client() as redis:
        before = redis.config_get("*")
        done = setup("--port", str(server.port), "--language", language)
        assert done.returncode == 1
        assert words in done.stderr
        assert redis.config_get("*") == before

        # The remedies are commands that work as they stand.
        for line in done.stderr.splitlines():
            if "CONFIG SET" in line:
                subprocess.run(line.split(), check=True, capture_output=True)
        assert setup("--port", str(server.port)).returncode == 0


@pytest.mark.parametrize("platform", ["debian", "rhel", "macos"])
def test_a_dry_run_shows_the_steps_and_starts_nothing(platform: str) -> None:
    port = str(free_port())
    done = setup("--port", port, "--dry-run", FRAMEGATE_PLATFORM=platform)
    assert done.returncode == 0, done.stderr
    assert "would run" in done.stdout
    assert "noeviction" in done.stdout
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)), timeout=1)


@pytest.mark.parametrize("wrong", [["--port", "0"], ["--port", "x"], ["--nonsense"]])
def test_a_wrong_option_is_named(wrong: list[str]) -> None:
    done = setup(*wrong)
    assert done.returncode == 2
    assert "--help" in done.stderr
