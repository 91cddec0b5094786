"""How a server stops, reloads and keeps its workers."""

import http.client
import os
import signal
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from domain.key import compose_key, digest_key
from tests.support.framegate_server import (
    KEYS,
    FramegateServer,
    bearer,
    running_framegate,
    write_clients,
)
from tests.support.http_call import Answer, call
from tests.support.redis_server import RedisServer
from tests.support.waiting import until

PATIENCE = 60.0


def create(server: FramegateServer, key: str = KEYS.portal) -> Answer:
    return call("POST", f"{server.url}/auth/create-session", headers=bearer(key))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stopping_server_is_unready_first_and_still_answers(
    tmp_path: Path, environment: dict[str, str], workers: str
) -> None:
    settings = {**environment, "WORKERS": workers, "DRAIN_SECONDS": "5"}
    with running_framegate(tmp_path / "server", settings, "serve") as server:
        assert call("GET", f"{server.url}/readyz").status == 200
        server.send(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while (answer := call("GET", f"{server.url}/readyz")).status != 503:
            assert time.monotonic() < deadline
        assert answer.fields == {"status": "draining"}
        assert answer.headers["Connection"] == "close"
        assert create(server).status == 200
        assert server.process.wait(timeout=PATIENCE) == 0


def test_a_request_in_flight_is_finished_before_the_server_stops(
    tmp_path: Path, environment: dict[str, str], redis_server: RedisServer
) -> None:
    settings = {**environment, "REDIS_TIMEOUT_MS": "8000"}
    with running_framegate(tmp_path / "server", settings, "serve") as server:
        assert create(server).status == 200
        redis_server.send(signal.SIGSTOP)
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE)
        connection.request("POST", "/auth/create-session", headers=bearer(KEYS.portal))
        # The server reads what came first first: with this answered, the other is under way.
        assert call("GET", f"{server.url}/livez").status == 200
        server.send(signal.SIGTERM)
        until("the server stops", lambda: "stopping" in server.log, PATIENCE)
        redis_server.send(signal.SIGCONT)
        assert connection.getresponse().status == 200
        connection.close()
        assert server.process.wait(timeout=PATIENCE) == 0


def test_a_new_key_works_after_sighup_and_a_broken_file_changes_nothing(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    new_key = compose_key(bytes(32))
    clients = Path(environment["CLIENTS_FILE"])
    settings = {**environment, "WORKERS": "2"}
    with running_framegate(tmp_path / "server", settings, "serve") as server:
        assert create(server, new_key).status == 401
        wait_for_log(server, '"serving"', times=2)  # who does not serve yet hears no SIGHUP

        clients.write_text("this is not TOML")
        server.send(signal.SIGHUP)
        wait_for_log(server, '"reload_failed"', times=3)  # by their parent first
        assert create(server).status == 200

        write_clients(clients, f'[[client]]\nname = "new"\nkeys = ["{digest_key(new_key)}"]')
        server.send(signal.SIGHUP)
        wait_for_log(server, '"reloaded"', times=3)
        assert create(server, new_key).status == 200


def test_a_worker_that_dies_is_replaced(tmp_path: Path, environment: dict[str, str]) -> None:
    settings = {**environment, "WORKERS": "2"}
    with running_framegate(tmp_path / "server", settings, "serve") as server:
        wait_for_log(server, '"serving"', times=2)
        os.kill(workers_of(server)[0], signal.SIGKILL)
        wait_for_log(server, '"serving"', times=3)
        assert len(workers_of(server)) == 2
        assert create(server).status == 200
        assert server.stop() == 0


def test_a_worker_is_replaced_from_what_was_last_read_and_not_from_a_broken_file(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    settings = {**environment, "WORKERS": "2"}
    with running_framegate(tmp_path / "server", settings, "serve") as server:
        wait_for_log(server, '"serving"', times=2)
        Path(environment["CLIENTS_FILE"]).write_text("broken [[[")
        for lost in range(1, 4):
            os.kill(workers_of(server)[0], signal.SIGKILL)
            wait_for_log(server, '"serving"', times=2 + lost)
        # Whichever worker answers, the clients are those that were read at the start.
        assert [create(server).status for _ in range(20)] == [200] * 20
        assert len(workers_of(server)) == 2


def test_workers_do_not_outlive_their_parent(tmp_path: Path, environment: dict[str, str]) -> None:
    settings = {**environment, "WORKERS": "2"}
    with running_framegate(tmp_path / "server", settings, "serve") as server:
        wait_for_log(server, '"serving"', times=2)
        server.process.kill()
        server.process.wait()
        wait_for_log(server, '"stopped"', times=2)


def workers_of(server: FramegateServer) -> list[int]:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


def wait_for_log(server: FramegateServer, text: str, *, times: int) -> None:
    until(f"{text} {times} times in the log", lambda: server.log.count(text) >= times, PATIENCE)
