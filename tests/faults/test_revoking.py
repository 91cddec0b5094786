"""What one worker has revoked is refused by all: at once, and within the bound without push."""

import time
from collections.abc import Iterator

import pytest
from attrs import frozen

from adapters.redis.scripts import SingleUse, load_scripts
from domain.session_id import SessionId
from tests.faults.fault import Fault, Harm
from tests.faults.kinds import Scale, Serve, TakeFigure
from tests.faults.monitor import Monitor
from tests.faults.proxy import FaultyProxy
from tests.support.acl import documented_rules
from tests.support.framegate_server import KEYS, FramegateServer, bearer
from tests.support.http_call import call
from tests.support.redis_server import RedisServer
from tests.support.waiting import until
from tests.support.workers import WorkerLine, lines_to_all

WORKERS = 4
PAGE = "/client/iframe.html"
SESSIONS = "/auth/sessions"
# No grant that is held so long would be refused by the end of a test but for the push.
LONG = {"WORKERS": str(WORKERS), "GRANT_CACHE_SECONDS": "60"}
SHORT = {"WORKERS": str(WORKERS), "GRANT_CACHE_SECONDS": "2"}
SLACK_SECONDS = 20.0
"""Of a busy machine; what is not refused by the bound is not refused by then, either."""
USE_GRANT = load_scripts(SingleUse.STRICT).use_grant.sha.encode()
DEAF = Fault(replies=Harm(drop=True), only_with=b"SUBSCRIBE")


@frozen
class Browser:
    """Somebody who has opened a page."""

    fingerprint: str
    cookie: str

    def is_let_in(self, line: WorkerLine) -> bool:
        status = line.ask("GET", PAGE, {"Cookie": self.cookie}).status
        assert status in {200, 401}, status
        return status == 200


def come_in(server: FramegateServer, subject: str = "ana") -> Browser:
    created = call(
        "POST",
        f"{server.url}/auth/create-session",
        headers=bearer(KEYS.portal),
        body={"subject": subject},
    )
    session_id = created.fields["session_id"]
    opened = call("GET", f"{server.url}{PAGE}?session_id={session_id}")
    cookie = opened.headers["Set-Cookie"].partition(";")[0]
    return Browser(SessionId(session_id).digest.fingerprint, cookie)


def revoke(line: WorkerLine, path: str) -> int:
    answer = line.ask("DELETE", f"{SESSIONS}{path}", bearer(KEYS.portal))
    assert answer.status == 200, answer
    return int(answer.fields["grants_revoked"])


def until_heard(redis_server: RedisServer) -> None:
    """Wait until all workers listen."""
    with redis_server.client() as redis:
        until(
            "all workers listen",
            lambda: redis.execute_command("PUBSUB", "NUMSUB", "fg:revoked")[1] == WORKERS,
        )


def until_refused(browser: Browser, lines: list[WorkerLine]) -> None:
    until("all refuse", lambda: not any(browser.is_let_in(line) for line in lines))


@pytest.fixture
def proxy(redis_server: RedisServer) -> Iterator[FaultyProxy]:
    with FaultyProxy(redis_server.port) as proxy:
        yield proxy


def test_with_push_every_worker_refuses_a_revoked_grant_at_once(
    serve: Serve, redis_server: RedisServer, scale: Scale, figure: TakeFigure
) -> None:
    rounds, took = scale(12, 300), []
    with serve(**LONG) as server, lines_to_all(server, WORKERS) as lines:
        until_heard(redis_server)
        for n in range(rounds):
            browser = come_in(server, f"ana {n}")
            ways = (f"/{browser.fingerprint}", f"?subject=ana%20{n}", "?all=true")
            assert all(browser.is_let_in(line) for line in lines)
            revoker = lines[n % WORKERS]
            assert revoke(revoker, ways[n % len(ways)]) == 1
            began = time.monotonic()
            assert not browser.is_let_in(revoker)
            until_refused(browser, lines)
            took.append(time.monotonic() - began)
    took.sort()
    figure(
        "revoked grants, with push: until all of 4 workers refuse",
        f"median {took[rounds // 2] * 1000:.0f} ms, worst {took[-1] * 1000:.0f} ms of {rounds} "
        "revocations, with GRANT_CACHE_SECONDS=60",
    )


def test_a_revocation_by_push_touches_nobody_else(serve: Serve, redis_server: RedisServer) -> None:
    with serve(**LONG) as server, lines_to_all(server, WORKERS) as lines:
        until_heard(redis_server)
        browser, neighbour = come_in(server), come_in(server, "rui")
        assert all(one.is_let_in(line) for one in (browser, neighbour) for line in lines)
        with redis_server.client() as redis, Monitor(redis_server.port) as monitor:

            def asked(moment: str) -> int:
                """Count how often grants were asked after, among all else that servers do."""
                redis.echo(moment)
                monitor.wait_for(f'"{moment}"'.encode())
                return monitor.text.count(USE_GRANT)

            revoke(lines[0], f"/{browser.fingerprint}")
            until_refused(browser, lines)
            refused = asked("it is refused")
            assert refused > 0
            assert all(neighbour.is_let_in(line) for line in lines)
            assert asked("the neighbour is let in") == refused


def refused_within_the_bound(server: FramegateServer, lines: list[WorkerLine]) -> float:
    """Revoke, see that the push is cut, and return how long it took all the same."""
    browser = come_in(server)
    assert all(browser.is_let_in(line) for line in lines)
    assert revoke(lines[0], f"/{browser.fingerprint}") == 1
    began = time.monotonic()
    assert not browser.is_let_in(lines[0])
    until_refused(browser, lines)
    return time.monotonic() - began


def test_without_the_permission_to_push_every_worker_refuses_within_the_bound(
    serve: Serve, redis_server: RedisServer, figure: TakeFigure
) -> None:
    rules = [rule for rule in documented_rules() if rule != "&fg:revoked"]
    with redis_server.client() as redis:
        redis.execute_command("ACL", "SETUSER", "framegate", "on", ">pass", *rules)
    url = redis_server.url.replace("redis://", "redis://framegate:pass@")
    with serve(**SHORT, REDIS_URL=url) as server, lines_to_all(server, WORKERS) as lines:
        took = refused_within_the_bound(server, lines)
        until("each worker says so", lambda: server.log.count("revocations_not_heard") == WORKERS)
    assert took < 2 + SLACK_SECONDS
    figure("revoked grants, no permission to push, bound 2 s", f"{took:.2f} s until all refuse")


def test_with_the_push_cut_every_worker_refuses_within_the_bound(
    serve: Serve, redis_server: RedisServer, proxy: FaultyProxy, figure: TakeFigure
) -> None:
    with (
        serve(**SHORT, REDIS_URL=proxy.url) as server,
        lines_to_all(server, WORKERS) as lines,
    ):
        until_heard(redis_server)
        proxy.fault = DEAF
        took = refused_within_the_bound(server, lines)
    assert took < 2 + SLACK_SECONDS
    figure("revoked grants, push cut, bound 2 s", f"{took:.2f} s until all refuse")


def test_with_the_push_cut_it_is_the_bound_alone_that_refuses(
    serve: Serve, redis_server: RedisServer, proxy: FaultyProxy
) -> None:
    with (
        serve(**LONG, REDIS_URL=proxy.url) as server,
        lines_to_all(server, WORKERS) as lines,
    ):
        until_heard(redis_server)
        proxy.fault = DEAF
        browser = come_in(server)
        assert all(browser.is_let_in(line) for line in lines)
        revoke(lines[0], f"/{browser.fingerprint}")
        assert [browser.is_let_in(line) for line in lines] == [False, True, True, True]
        # Whoever loses the connection and is back may have missed something.
        proxy.reset_all()
        proxy.release()
        until_refused(browser, lines)
