"""What servers audit, read with ``framegate audit`` as an operator does; and audits in trouble."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen
from click.testing import CliRunner, Result

from domain.session_id import SessionId
from entrypoints.cli import main
from tests.support.command_line import ROOT
from tests.support.framegate_server import (
    KEYS,
    PATIENT,
    FramegateServer,
    bearer,
    running_framegate,
    write_clients,
)
from tests.support.http_call import call
from tests.support.redis_server import RedisServer, free_port, running_redis
from tests.support.waiting import until
from tests.support.webhook_receiver import Receiver, receiving


@frozen
class Running:
    """A server, by what it and whoever reads its audit are configured, and its Redis."""

    server: FramegateServer
    environment: dict[str, str]
    redis: RedisServer
    alerts: Receiver | None = None

    def create(self) -> str:
        url = f"{self.server.url}/auth/create-session"
        done = call("POST", url, headers=bearer(KEYS.portal))
        assert done.status == 200
        return str(json.loads(done.body)["session_id"])

    def redeem(self, session_id: str) -> int:
        query = f"session_id={session_id}"
        return call("GET", f"{self.server.url}/auth/validate-session?{query}").status

    def reject(self) -> None:
        url = f"{self.server.url}/auth/create-session"
        assert call("POST", url, headers=bearer("fgk_nobody")).status == 401

    def logged(self, event: str) -> list[dict[str, Any]]:
        lines = (json.loads(line) for line in self.server.log.splitlines() if line[0] == "{")
        return [line for line in lines if line["event"] == event]


@contextmanager
def server_in(folder: Path, redis: RedisServer, **settings: str) -> Iterator[Running]:
    environment = {
        "REDIS_URL": redis.url,
        "CLIENTS_FILE": str(write_clients(folder / "clients.toml")),
        "DRAIN_SECONDS": "0",
        **PATIENT,
        **settings,
    }
    with running_framegate(folder, environment, "serve") as server:
        yield Running(server, environment, redis)


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def running(
    redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("server")
    with receiving() as alerts:
        settings = {
            "WORKERS": "2",
            "REDIS_TIMEOUT_MS": "3000",  # it hangs once
            "AUDIT_FILE": str(folder / "audit.log"),
            "ALERT_WEBHOOK_URL": alerts.url,
            "ALERT_WEBHOOK_SECRET": alerts.secret,
        }
        with server_in(folder, redis_server, **settings) as server:
            yield evolve(server, alerts=alerts)


def fingerprint(session_id: str) -> str:
    return SessionId.presented(session_id).digest.fingerprint


def ask(*arguments: str, **environment: str) -> Result:
    """Run ``framegate audit`` to its end, in this process: that takes less time."""
    return CliRunner().invoke(
        main, ["audit", *arguments], env={"LANG": "en", **environment, **PATIENT}
    )


def told_of(environment: dict[str, str], *flags: str) -> list[dict[str, Any]]:
    done = ask("--json", *flags, **environment)
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_replay_is_found_by_its_name_whichever_worker_met_it(running: Running) -> None:
    environment = running.environment
    session_id = running.create()
    name = fingerprint(session_id)
    assert running.redeem(session_id) == 200
    for _ in range(20):  # both workers meet some
        assert running.redeem(session_id) == 401
    until("all are there", lambda: len(told_of(environment, "--reason", "used")) >= 20)
    replays = told_of(environment, "--event", "replay_attempted", "--since", "1h")
    assert [line["fingerprint"] for line in replays] == [name] * 20
    assert replays == told_of(environment, "--reason", "used", "--client", "portal")
    assert told_of(environment, "--client", "nobody") == []
    assert told_of(environment, "--since", "2126-11-01T00:00Z") == []
    of_it = [line for line in told_of(environment) if line.get("fingerprint") == name]
    events = {"session_created", "session_redeemed", "replay_attempted"}
    assert {line["event"] for line in of_it} == events
    moment = r"\d{4}-\d\d-\d\dT[\d:.]+Z"
    line = re.compile(rf"{moment}  replay_attempted +portal +{name}  127.0.0.1 +reason=used")
    shown = ask("--reason", "used", **environment).stdout.splitlines()
    assert [bool(line.fullmatch(told)) for told in shown] == [True] * 20


def test_the_file_has_what_the_stream_has_and_no_id(running: Running) -> None:
    session_id, path = running.create(), running.environment["AUDIT_FILE"]

    def is_there(*source: str) -> bool:
        told = told_of(running.environment, *source)
        return fingerprint(session_id) in {line.get("fingerprint") for line in told}

    def sorted_in(*source: str) -> list[str]:
        # Each worker wrote its own in its own order.
        told = told_of(running.environment, *source)
        return sorted(json.dumps(line, sort_keys=True) for line in told)

    until("both have it", lambda: is_there() and is_there("--file", path))
    # What another worker has seen before may come to the one a moment later than to the other.
    until("both have the same", lambda: sorted_in("--file", path) == sorted_in())
    assert session_id not in Path(path).read_text()


@pytest.mark.parametrize("end", ["interrupted", "left"])
def test_who_follows_sees_what_happens_and_ends_well(running: Running, end: str) -> None:
    first = fingerprint(running.create())
    with subprocess.Popen(
        [sys.executable, "-m", "entrypoints", "audit", "--follow", "--json"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **running.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as following:
        assert following.stdout is not None
        assert following.stderr is not None
        lines = map(json.loads, iter(following.stdout.readline, b""))
        next(line for line in lines if line.get("fingerprint") == first)
        second = fingerprint(running.create())
        next(line for line in lines if line.get("fingerprint") == second)
        if end == "interrupted":
            following.send_signal(signal.SIGINT)
        else:
            following.stdout.close()
            running.create()
        assert following.wait(timeout=60) == 0
        assert following.stderr.read() == b""


@pytest.mark.parametrize(
    ("flags", "variables", "status", "words"),
    [
        (["--since", "yesterday"], {}, 2, ["--since", "2026-11-01T00:00Z"]),
        (["--since", "2026-13-01"], {}, 2, ["--since"]),
        (["--reason", "leaked"], {}, 2, ["--reason", "used"]),
        (["--event", "redeemed"], {}, 2, ["--event", "session_redeemed"]),
        (["--file", "nowhere.log"], {}, 1, ["nowhere.log", "No such file"]),
        ([], {"STORAGE": "memory"}, 2, ["AUDIT_FILE"]),
        ([], {"REDIS_PORT": str(free_port())}, 1, ["framegate doctor"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_asked_or_read_is_said_in_a_line(
    flags: list[str], variables: dict[str, str], status: int, words: list[str]
) -> None:
    done = ask(*flags, **variables)
    assert (done.exit_code, done.stdout) == (status, "")
    assert done.stderr.count("\n") == 1
    for word in ("framegate: ", *words):
        assert word in done.stderr


def test_where_there_are_other_events_than_asked_for_it_says_so(running: Running) -> None:
    running.create()
    until("it is kept", lambda: bool(told_of(running.environment)))
    for flags in (("--client", "nobody"), ("--since", "2100-01-01")):
        done = ask(*flags, **running.environment)
        assert (done.exit_code, done.stdout) == (0, "")
        assert done.stderr == "No event fits what was asked; there are others.\n"


def test_where_nothing_is_kept_it_says_what_keeps_it(running: Running) -> None:
    done = ask(**running.environment | {"REDIS_URL": f"{running.redis.url[:-1]}5"})
    assert (done.exit_code, done.stdout) == (0, "")
    assert "AUDIT_STREAM_LENGTH" in done.stderr


def test_what_an_address_holds_is_not_obeyed_by_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    path.write_text('{"event":"key_rejected","at":0,"remote":"\\u001b[2J\\u202e"}\n')
    shown = ask("--file", str(path)).stdout
    assert shown.startswith("1970-01-01T00:00:00.000Z  key_rejected")
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_what_happens_while_redis_hangs_is_there_once_when_it_is_back(running: Running) -> None:
    def rejected() -> int:
        return len(told_of(running.environment, "--event", "key_rejected"))

    before = rejected()
    running.redis.send(signal.SIGSTOP)
    try:
        for _ in range(20):  # both workers meet some
            running.reject()
        until("it is told", lambda: bool(running.logged("audit_not_written")))
    finally:
        running.redis.send(signal.SIGCONT)
    until("so is its end", lambda: bool(running.logged("audit_written_again")))
    until("all are there", lambda: rejected() >= before + 20)
    assert rejected() == before + 20


def test_a_replay_calls_an_operator_once_however_many_workers_there_are(running: Running) -> None:
    assert running.alerts is not None

    def told() -> list[Any]:
        assert running.alerts is not None
        said = [post for post in running.alerts.verified() if post["type"] == "alert.raised"]
        return [post["data"]["client"] for post in said if "replay" in post["data"]["alert"]]

    def replay_is_told() -> bool:
        # It begins to look some seconds after its start, and tells of what happens then.
        session_id = running.create()
        running.redeem(session_id)
        running.redeem(session_id)
        return bool(told())

    until("it is told", replay_is_told)
    until("it is in the log", lambda: bool(running.logged("alert")))
    assert told() == ["portal"]
    (line,) = [line for line in running.logged("alert") if line["alert"] == "replay_attempted"]
    assert (line["change"], line["subject"], line["level"]) == ("raised", "portal", "warning")
    assert running.alerts.secret not in running.server.log
    assert running.alerts.url not in running.server.log


def test_a_full_disk_and_a_redis_that_takes_no_events_are_told_and_cost_no_request(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    rules = ["on", ">word", "~*", "&*", "+@all", "-xadd"]
    with redis_server.client() as redis:
        redis.execute_command("ACL", "SETUSER", "narrow", *rules)
    url = redis_server.url.replace("//", "//narrow:word@")
    with server_in(tmp_path, redis_server, REDIS_URL=url, AUDIT_FILE="/dev/full") as running:
        for _ in range(2):
            assert running.redeem(running.create()) == 200
            until("both are told", lambda: len(running.logged("audit_not_written")) >= 2)
    told = defaultdict[str, list[tuple[str, int]]](list)
    for line in running.logged("audit_not_written"):
        told[line["where"]].append((line["problem"], line["lost"]))
    assert told["file"] == [("No space left on device", 0), ("stopped", 4)]
    assert [lost for _, lost in told["stream"]] == [0, 4]
