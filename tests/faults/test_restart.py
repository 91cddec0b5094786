"""After a crash of Redis, no redeemed session comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.framegate_server import KEYS, bearer, running_framegate
from tests.support.http_call import call
from tests.support.redis_server import RedisServer, running_redis


def statuses_around_a_crash(
    tmp_path: Path, redis_server: RedisServer, clients_file: Path, single_use: str
) -> list[int]:
    """Redeem a session, lose the redeem in a crash, and redeem it again."""
    environment = {
        "REDIS_URL": redis_server.url,
        "CLIENTS_FILE": str(clients_file),
        "SINGLE_USE": single_use,
        "DRAIN_SECONDS": "0",
    }
    with running_framegate(tmp_path / f"server-{single_use}", environment, "serve") as server:
        create = f"{server.url}/auth/create-session"
        session_id = call("POST", create, headers=bearer(KEYS.portal)).fields["session_id"]
        with redis_server.client() as redis:
            redis.save()  # the last snapshot knows the session and not the redeem
        validate = f"{server.url}/auth/validate-session?session_id={session_id}"
        before = call("GET", validate).status
        redis_server.kill()
        redis_server.start()
        return [before, call("GET", validate).status]


@pytest.fixture
def rdb_only(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path / "rdb", "--appendonly", "no", "--save", "") as server:
        yield server


def test_after_a_crash_of_an_rdb_only_redis_a_redeemed_session_is_not_accepted_again(
    tmp_path: Path, rdb_only: RedisServer, clients_file: Path
) -> None:
    statuses = statuses_around_a_crash(tmp_path, rdb_only, clients_file, "strict")
    assert statuses == [200, 401]


def test_the_same_crash_without_the_fence_shows_that_this_test_can_see_the_fault(
    tmp_path: Path, rdb_only: RedisServer, clients_file: Path
) -> None:
    statuses = statuses_around_a_crash(tmp_path, rdb_only, clients_file, "durable")
    assert statuses == [200, 200]
