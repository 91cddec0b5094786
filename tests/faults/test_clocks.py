"""Application servers whose clocks are wrong: the store's own clock decides, nothing changes."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.redis.keys import keys_of
from domain.session_id import SessionId
from tests.faults.kinds import TakeFigure
from tests.support.framegate_server import (
    KEYS,
    FramegateServer,
    bearer,
    running_framegate,
    write_clients,
)
from tests.support.http_call import Answer, call
from tests.support.redis_server import RedisServer, running_redis
from tests.support.waiting import until

ACTIVE = keys_of("portal")[0]
SHIFTS = {"an hour ahead": 3600, "right": 0, "an hour behind": -3600}
CAP = 9
TTL_SECONDS = 1800  # less than the shift: a server that asked its own clock would err
SHORT_TTL_SECONDS = 2
PATIENCE = 60.0


def shifted(seconds: int) -> dict[str, str]:
    """What runs a program under another wall clock; timers go on as before."""
    if not seconds:
        return {}
    places = [*Path("/usr").glob("lib*/faketime/libfaketime.so.1")]
    places += Path("/usr").glob("lib/*/faketime/libfaketime.so.1")
    assert places, "libfaketime is not installed: apt-get install faketime"
    return {
        "LD_PRELOAD": str(places[0]),
        "FAKETIME": f"{seconds:+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@pytest.fixture(scope="module")
def one_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def all_servers(
    tmp_path_factory: pytest.TempPathFactory, one_redis: RedisServer
) -> Iterator[list[FramegateServer]]:
    folder = tmp_path_factory.mktemp("servers")
    environment = {
        "REDIS_URL": one_redis.url,
        "CLIENTS_FILE": str(write_clients(folder / "clients.toml", f"session_cap = {CAP}")),
        "SESSION_TTL_SECONDS": str(TTL_SECONDS),
        "DRAIN_SECONDS": "0",
        "RATE_LIMITS": "off",
    }
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                running_framegate(folder, {**environment, **shifted(seconds)}, "serve")
            )
            for seconds in SHIFTS.values()
        ]


@pytest.fixture
def servers(all_servers: list[FramegateServer], one_redis: RedisServer) -> list[FramegateServer]:
    """One server for each of ``SHIFTS``, all on the same Redis, which is empty."""
    with one_redis.client() as redis:
        redis.flushall()
    return all_servers


def create(server: FramegateServer, ttl_seconds: int = TTL_SECONDS) -> Answer:
    body = {"ttl_seconds": ttl_seconds}
    return call("POST", f"{server.url}/auth/create-session", headers=bearer(KEYS.portal), body=body)


def redeem(server: FramegateServer, session_id: str) -> Answer:
    url = f"{server.url}/auth/validate-session?session_id={session_id}"
    return call("GET", url, headers=bearer(KEYS.portal))


def figures(server: FramegateServer) -> dict[str, object]:
    answer = call("GET", f"{server.url}/auth/session-status", headers=bearer(KEYS.portal))
    assert answer.status == 200
    found: dict[str, object] = answer.fields
    return found


def redis_time_ms(one_redis: RedisServer) -> float:
    with one_redis.client() as redis:
        seconds, microseconds = redis.time()
    return float(seconds * 1000 + microseconds / 1000)


def test_the_clocks_are_wrong_indeed(servers: list[FramegateServer]) -> None:
    for server, seconds in zip(servers, SHIFTS.values(), strict=True):
        health = call("GET", f"{server.url}/auth/redis-health").fields
        off = datetime.fromisoformat(health["timestamp"]) - datetime.now(UTC)
        assert abs(off - timedelta(seconds=seconds)) < timedelta(seconds=PATIENCE)


def test_what_one_server_creates_any_other_redeems_once(
    servers: list[FramegateServer], one_redis: RedisServer, figure: TakeFigure
) -> None:
    pairs = list(itertools.product(servers, servers))
    for creator, redeemer in pairs:
        before = redis_time_ms(one_redis)
        created = create(creator)
        after = redis_time_ms(one_redis)
        assert created.fields["expires_in_seconds"] == TTL_SECONDS
        session_id = created.fields["session_id"]
        with one_redis.client() as redis:
            expires_at = redis.zscore(ACTIVE, SessionId(session_id).digest.raw)
        assert expires_at is not None
        assert before - 1 <= expires_at - TTL_SECONDS * 1000 <= after
        assert redeem(redeemer, session_id).status == 200
        for server in servers:
            refused = redeem(server, session_id)
            assert (refused.status, refused.fields["reason"]) == (401, "used")
    seen = [figures(server) for server in servers]
    assert all(one == seen[0] for one in seen)
    assert seen[0]["used_sessions"] == len(pairs)
    figure(
        "application clocks an hour ahead and behind",
        f"no effect: {len(pairs)} sessions created and redeemed across {len(servers)} servers, "
        "expiry by the store's clock",
    )


def test_a_session_expires_by_the_clock_of_the_store(
    servers: list[FramegateServer], one_redis: RedisServer
) -> None:
    began = redis_time_ms(one_redis)
    ids = [create(server, SHORT_TTL_SECONDS).fields["session_id"] for server in servers]
    until("they expire", lambda: not figures(servers[0])["active_sessions"], PATIENCE)
    assert redis_time_ms(one_redis) - began >= SHORT_TTL_SECONDS * 1000
    for session_id, server in itertools.product(ids, servers):
        refused = redeem(server, session_id)
        assert (refused.status, refused.fields["reason"]) == (401, "expired")


def test_the_cap_and_the_time_to_wait_are_the_same_on_all_servers(
    servers: list[FramegateServer],
) -> None:
    for _, server in zip(range(CAP), itertools.cycle(servers), strict=False):
        assert create(server).status == 200
    for server in servers:
        assert figures(server)["active_sessions"] == CAP
        full = create(server)
        assert (full.status, full.fields["code"]) == (429, "session_cap_reached")
        assert TTL_SECONDS - PATIENCE <= int(full.headers["Retry-After"]) <= TTL_SECONDS
