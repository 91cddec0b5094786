"""The dashboard of several workers on a real Redis, and what it costs."""

import os
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from domain.readings import STEP_MS
from tests.support.dashboard_stream import Stream, crowd, sign_in
from tests.support.framegate_server import KEYS, FramegateServer, bearer, running_framegate
from tests.support.http_call import call
from tests.support.metrics import samples_of
from tests.support.redis_server import RedisServer
from tests.support.waiting import until
from tests.support.workers import WorkerLine, lines_to_all, workers_of

EACH = 7


def flow(line: WorkerLine, *, again: bool = False) -> None:
    """Create and redeem, and redeem ``again`` what is used up."""
    created = line.ask("POST", "/auth/create-session", bearer(KEYS.portal))
    address = f"/auth/validate-session?session_id={created.fields['session_id']}"
    assert line.ask("GET", address).status == 200
    if again:
        assert line.ask("GET", address).status == 401


def test_the_stream_of_each_worker_tells_of_all_and_ends_with_the_key(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    environment |= {"WORKERS": "2", "RATE_LIMITS": "off"}
    with (
        running_framegate(tmp_path, environment, "serve") as server,
        lines_to_all(server, 2) as lines,
        lines_to_all(server, 2) as others,
    ):
        for line in lines:
            for _ in range(EACH):
                flow(line, again=True)
        lines[0].ask("POST", "/auth/create-session", bearer(KEYS.other))
        cookie = sign_in(server.url, KEYS.ops)
        streams = [Stream.over(line.connection, cookie) for line in others]
        status = call("GET", f"{server.url}/auth/session-status", headers=bearer(KEYS.ops)).fields
        # Each worker tells the others in its turn, and Redis is asked in another.
        frames = [
            stream.until(
                lambda f: (
                    f["window"]["created"] == 2 * EACH + 1
                    and f["window"]["redeemed"] == f["window"]["reasons"].get("used") == 2 * EACH
                    and f["sessions"]["redeemed"] == 2 * EACH
                    and f["sessions"]["created"] == 2 * EACH + 1
                )
            )
            for stream in streams
        ]
        metrics = samples_of(
            call("GET", f"{server.url}/metrics", headers=bearer(KEYS.ops)).body.decode()
        )
        for frame in frames:
            assert frame["server"]["workers"] == 2
            assert frame["window"]["redeemed"] == 2 * EACH
            assert frame["window"]["reasons"] == {"used": 2 * EACH}
            rows = {row["client"]: row for row in frame["clients"]["rows"]}
            assert rows["other"]["created"] == 1
            portal = frozenset({("client", "portal")})
            created = metrics["framegate_sessions_created_total", portal]
            assert rows["portal"]["created"] == created == 2 * EACH
            assert frame["sessions"] == {
                "active": status["active_sessions"],
                "used": status["used_sessions"],
                "created": status["total_created"],
                "redeemed": status["total_used"],
                "cap": status["max_sessions"],
            }
        path = Path(environment["CLIENTS_FILE"])
        path.write_text(path.read_text().partition("[[admin]]")[0])
        server.send(signal.SIGHUP)
        for stream in streams:
            assert [kind for kind, _ in stream.messages()][-1] == "signed_out"


def test_who_comes_in_the_place_of_another_shows_what_the_others_show(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    environment |= {"WORKERS": "2", "RATE_LIMITS": "off"}
    with running_framegate(tmp_path, environment, "serve") as server:
        cookie = sign_in(server.url, KEYS.ops)
        with lines_to_all(server, 2) as lines, lines_to_all(server, 2) as others:
            for line in lines:
                for _ in range(EACH):
                    flow(line, again=True)
            for line in others:  # who is killed takes along what others do not know yet
                Stream.over(line.connection, cookie).until(
                    lambda frame: (
                        frame["window"]["redeemed"] == 2 * EACH
                        and frame["window"]["reasons"].get("used") == 2 * EACH
                    )
                )
        killed = workers_of(server)[0]
        os.kill(killed, signal.SIGKILL)
        until("there is another", lambda: killed not in workers_of(server))
        with lines_to_all(server, 2) as lines:
            began = time.monotonic()
            frames = [Stream.over(line.connection, cookie).until(bool) for line in lines]
            took_ms = 1000 * (time.monotonic() - began)
    windows = [frame["window"] for frame in frames]
    apart = abs(windows[0].pop("ms") - windows[1].pop("ms"))
    assert apart < STEP_MS + took_ms
    for window in windows:
        window["others"].pop("worker_starts", None)  # one of them may be read before the first
        assert window == windows[0]
    assert windows[0]["redeemed"] == windows[0]["reasons"]["used"] == 2 * EACH


@pytest.fixture
def lone(tmp_path: Path, environment: dict[str, str]) -> Iterator[FramegateServer]:
    environment |= {"RATE_LIMITS": "off"}
    with running_framegate(tmp_path, environment, "serve") as server:
        yield server


def processor_seconds(server: FramegateServer) -> float:
    """The processor time of all its threads, to the nanosecond."""
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def looks(redis: "Redis") -> int:
    told = redis.info("commandstats").get("cmdstat_xrevrange", {"calls": 0})
    return int(told["calls"])


def test_a_hundred_viewers_cost_next_to_nothing(
    lone: FramegateServer, redis_server: RedisServer, figure: Callable[[str, str], None]
) -> None:
    cookie = sign_in(lone.url, KEYS.ops)
    seconds: list[float] = []
    with redis_server.client() as redis:
        for many in (1, 100, 1):
            with crowd(lone.url, cookie, many) as frames:
                until("all have come", lambda: frames() >= 2)
                began = time.monotonic()
                cpu, before = processor_seconds(lone), looks(redis)
                until("a frame has come to all", lambda: frames() >= 3)
                used, asked = processor_seconds(lone) - cpu, looks(redis) - before
                took = max(1.0, time.monotonic() - began)
                seconds.append(used / took)
                # The store is asked once a second, for a crowd as for one; a second may begin in
                # between.
                assert asked <= took + 1
    extra = seconds[1] - statistics.mean([seconds[0], seconds[2]])
    figure("100 viewers cost a worker, of each second", f"{1000 * extra:.1f} ms")
    assert extra < 0.03, seconds
