"""Redis away: 503 soon, alive all the same, back by itself, and never another store instead."""

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from domain.client import Client
from domain.session_id import SessionId
from tests.faults.kinds import Serve
from tests.support.framegate_server import KEYS, FramegateServer, bearer
from tests.support.http_call import Answer, call
from tests.support.redis_server import RedisServer, free_port
from tests.support.waiting import until

ANSWER_WITHIN = 1.0
TRIES = 3
"""A busy machine may hold up an answer, but not each of these. They are so few that each is one for
which Redis is asked, and waited for."""

RETURN_WITHIN = 2.0

USUAL_TIMEOUT_MS = "300"

AN_ID_OF_PORTAL = SessionId.compose(Client(name="portal").tag, bytes(24)).text


def needing_redis(
    server: FramegateServer, session_id: str
) -> Iterator[tuple[str, list[tuple[int, float]]]]:
    """Call every route that needs Redis, some times; tell of each time the status and how long."""
    portal, ops = bearer(KEYS.portal), bearer(KEYS.ops)
    routes = [
        ("POST", "/auth/create-session", portal),
        ("GET", f"/auth/validate-session?session_id={session_id}", None),
        ("POST", f"/auth/validate-session?session_id={session_id}", portal),
        ("GET", f"/client/iframe.html?session_id={session_id}", None),
        ("GET", "/auth/session-status", portal),
        ("GET", "/auth/session-status", ops),
        ("DELETE", "/auth/cleanup-sessions", ops),
        ("GET", "/auth/redis-health", None),
        ("GET", "/readyz", None),
    ]
    for method, path, headers in routes:
        told: list[tuple[int, float]] = []
        while not told or (told[-1][1] >= ANSWER_WITHIN and len(told) < TRIES):
            began = time.monotonic()
            status = call(method, f"{server.url}{path}", headers=headers).status
            told.append((status, time.monotonic() - began))
        yield f"{method} {path.partition('?')[0]}", told


def assert_away(server: FramegateServer, session_id: str) -> None:
    for route, told in needing_redis(server, session_id):
        assert {status for status, _ in told} == {503}, route
        assert told[-1][1] < ANSWER_WITHIN, f"{route} took {told}"
    assert call("GET", f"{server.url}/livez").status == 200


def create(server: FramegateServer) -> Answer:
    return call("POST", f"{server.url}/auth/create-session", headers=bearer(KEYS.portal))


def created(server: FramegateServer) -> str:
    """Create until it works: the machine may be busy."""
    answers: list[Answer] = []

    def is_created() -> bool:
        answers.append(create(server))
        return answers[-1].status == 200

    until("a session is created", is_created)
    return str(answers[-1].fields["session_id"])


def redeem(server: FramegateServer, session_id: str) -> int:
    return call("GET", f"{server.url}/auth/validate-session?session_id={session_id}").status


def redeem_until_told(server: FramegateServer, session_id: str) -> int:
    told: list[int] = []

    def is_told() -> bool:
        told.append(redeem(server, session_id))
        return told[-1] != 503

    until("it is told", is_told)
    return told[-1]


def assert_back(server: FramegateServer) -> None:
    began = time.monotonic()
    while create(server).status != 200:
        assert time.monotonic() - began < RETURN_WITHIN, "service did not return by itself"
    until("it is ready", lambda: call("GET", f"{server.url}/readyz").status == 200)


@pytest.fixture
def framegate(serve: Serve) -> Iterator[FramegateServer]:
    with serve(REDIS_TIMEOUT_MS=USUAL_TIMEOUT_MS) as server:
        yield server


def test_with_redis_stopped_every_route_answers_503_and_service_returns(
    framegate: FramegateServer, redis_server: RedisServer
) -> None:
    session_id = created(framegate)
    redis_server.send(signal.SIGSTOP)
    assert_away(framegate, session_id)
    redis_server.send(signal.SIGCONT)
    assert_back(framegate)
    # A redeem that got 503 may have happened or not; from here on at most one wins.
    assert [redeem(framegate, session_id) for _ in range(3)].count(200) <= 1


def test_with_redis_killed_every_route_answers_503_and_service_returns(
    framegate: FramegateServer, redis_server: RedisServer
) -> None:
    session_id = created(framegate)
    redis_server.kill()
    assert_away(framegate, session_id)
    redis_server.start()
    assert_back(framegate)
    # It came back from its append-only file, and is of another incarnation.
    assert redeem_until_told(framegate, session_id) == 401


def test_a_server_that_starts_before_its_redis_serves_as_soon_as_redis_does(
    redis_server: RedisServer, serve: Serve
) -> None:
    redis_server.stop()
    parts = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(redis_server.port)}
    with serve(REDIS_URL="", REDIS_TIMEOUT_MS=USUAL_TIMEOUT_MS, **parts) as server:
        assert_away(server, AN_ID_OF_PORTAL)
        redis_server.start()
        assert_back(server)


def test_with_a_redis_that_takes_no_writes_the_server_is_not_ready(
    framegate: FramegateServer, redis_server: RedisServer
) -> None:
    session_id = created(framegate)
    with redis_server.client() as redis:
        redis.replicaof("127.0.0.1", free_port())
        assert create(framegate).status == 503
        assert redeem(framegate, session_id) == 503
        assert call("GET", f"{framegate.url}/readyz").status == 503
        assert call("GET", f"{framegate.url}/auth/redis-health").status == 503
        redis.replicaof("NO", "ONE")
    assert_back(framegate)


@pytest.mark.parametrize("limits", ["on", "off"])
def test_a_redis_without_memory_makes_no_sessions_and_still_redeems_those_it_has(
    serve: Serve, redis_server: RedisServer, limits: str
) -> None:
    with serve(RATE_LIMITS=limits) as framegate, redis_server.client() as redis:
        session_id = created(framegate)
        # What a script writes before, it is not refused after: the first of a minute counts
        # anew, and one that finds an expired session drops it.
        redis.hdel("fg:{portal}:counters", "creates_end", "due")
        redis.zadd("fg:{portal}:active", {b"x" * 32: 1})
        redis.config_set("maxmemory", 1)
        assert [create(framegate).status for _ in range(3)] == [503] * 3
        assert redis.zcount("fg:{portal}:active", 2, "+inf") == 1
        assert call("GET", f"{framegate.url}/readyz").status == 200
        assert [redeem(framegate, session_id) for _ in range(2)] == [200, 401]
        redis.config_set("maxmemory", 0)
        assert create(framegate).status == 200


@contextmanager
def a_port_that_never_answers() -> Iterator[int]:
    """A listener with a full backlog: the kernel drops whoever else wants to connect."""
    port = free_port()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.settimeout(0)
            one.connect_ex(("127.0.0.1", port))
        try:
            yield port
        finally:
            for one in waiting:
                one.close()


def test_with_redis_unreachable_every_route_answers_503(serve: Serve) -> None:
    with (
        a_port_that_never_answers() as port,
        serve(REDIS_URL=f"redis://127.0.0.1:{port}/0", REDIS_TIMEOUT_MS=USUAL_TIMEOUT_MS) as server,
    ):
        assert_away(server, AN_ID_OF_PORTAL)
