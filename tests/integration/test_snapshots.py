"""Snapshots of real servers: over restarts and crashes, into files and back."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import ROOT, framegate
from tests.support.framegate_server import (
    KEYS,
    FramegateServer,
    bearer,
    running_framegate,
    write_clients,
)
from tests.support.http_call import Answer, call
from tests.support.redis_server import RedisServer
from tests.support.snippets import blocks
from tests.support.waiting import until

DOCUMENT = ROOT / "docs" / "snapshots.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "snapshots").mkdir(mode=0o700)
    return tmp_path / "snapshots"


@pytest.fixture
def in_memory(tmp_path: Path, folder: Path) -> dict[str, str]:
    return {
        "STORAGE": "memory",
        "CLIENTS_FILE": str(write_clients(tmp_path / "clients.toml")),
        "SNAPSHOT_DIR": str(folder),
        "DRAIN_SECONDS": "0",
    }


def asked(server: FramegateServer, method: str, path: str, key: str = KEYS.portal) -> Answer:
    return call(method, server.url + path, headers=bearer(key))


def create(server: FramegateServer) -> str:
    return str(asked(server, "POST", "/auth/create-session").fields["session_id"])


def redeem(server: FramegateServer, session_id: str) -> str:
    """Redeem it, and return ``won`` or why not."""
    answer = asked(server, "GET", f"/auth/validate-session?session_id={session_id}")
    return str(answer.fields.get("reason", "won"))


def opened(server: FramegateServer, session_id: str) -> str:
    """Open the page, and return the cookie of the grant."""
    page = call("GET", f"{server.url}/client/iframe.html?session_id={session_id}")
    assert page.status == 200
    return page.headers["Set-Cookie"].partition(";")[0]


def page_with(server: FramegateServer, cookie: str) -> int:
    return call("GET", f"{server.url}/client/iframe.html", headers={"Cookie": cookie}).status


def figures(server: FramegateServer) -> tuple[int, int, int]:
    told = asked(server, "GET", "/auth/session-status").fields
    return told["active_sessions"], told["total_created"], told["total_used"]


def usage(server: FramegateServer) -> tuple[int, int]:
    total = asked(server, "GET", "/auth/usage").fields["total"]
    return total["created"], total["redeemed"]


def age_told(server: FramegateServer) -> float:
    text = asked(server, "GET", "/metrics", KEYS.ops).body.decode()
    (line,) = re.findall(r"^framegate_snapshot_age_seconds (\S+)$", text, re.MULTILINE)
    return float(line)


def events(server: FramegateServer, name: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == name]


def test_a_memory_server_goes_on_after_a_restart_and_after_a_crash_revives_nothing(
    tmp_path: Path, folder: Path, in_memory: dict[str, str]
) -> None:
    with running_framegate(tmp_path / "one", in_memory, "serve") as server:
        (said,) = events(server, "storage_in_memory")
        assert "keeps sessions and grants" in said["said"]
        used, left, lost, shown = (create(server) for _ in range(4))
        assert redeem(server, used) == "won"
        cookie = opened(server, shown)
    assert server.process.returncode == 0
    (final,) = folder.glob("*-final.jsonl.gz")
    with running_framegate(tmp_path / "two", in_memory, "serve") as server:
        (restored,) = events(server, "snapshot_restored")
        assert (restored["final"], restored["revived"], restored["grants"]) == (True, 2, 1)
        assert not final.exists()
        assert figures(server) == (2, 4, 2)
        assert usage(server) == (4, 2)
        assert [redeem(server, one) for one in (used, left, left)] == ["used", "won", "used"]
        assert page_with(server, cookie) == 200
        server.send(signal.SIGUSR1)
        until("one is taken at once", lambda: events(server, "snapshot_taken") != [])
        assert 0 <= age_told(server) < 60
        younger = create(server)
        server.send(signal.SIGKILL)
        server.process.wait()
    with running_framegate(tmp_path / "three", in_memory, "serve") as server:
        assert figures(server) == (0, 4, 3)
        assert usage(server) == (4, 3)
        refused = [redeem(server, one) for one in (used, left, lost, younger)]
        assert refused == ["used", "used", "stale", "unknown"]
        assert page_with(server, cookie) == 401
        create(server)
        assert figures(server) == (1, 5, 3)


def test_of_several_workers_one_takes_the_snapshot_that_is_due(
    tmp_path: Path, folder: Path, environment: dict[str, str]
) -> None:
    settings = {**environment, "SNAPSHOT_DIR": str(folder), "WORKERS": "3"}
    with running_framegate(tmp_path / "server", settings, "serve") as server:
        until("all serve", lambda: server.log.count('"serving"') == 3)
        until("one is there", lambda: events(server, "snapshot_taken") != [])
        create(server)
    assert len(list(folder.glob("*.jsonl.gz"))) == len(events(server, "snapshot_taken")) == 1
    assert events(server, "snapshot_failed") == []


def test_redis_is_put_back_by_the_command_line_and_nothing_revived(
    tmp_path: Path, folder: Path, environment: dict[str, str], redis_server: RedisServer
) -> None:
    settings = {**environment, "SNAPSHOT_DIR": str(folder)}
    with running_framegate(tmp_path / "server", environment, "serve") as server:
        used, left = create(server), create(server)
        assert redeem(server, used) == "won"
        taken = framegate("snapshot", "--json", folder=tmp_path, **settings)
        told = json.loads(taken.stdout)
        assert (told["sessions"], told["storage"], told["final"]) == (2, "redis", False)
        assert redeem(server, left) == "won"
        newer = create(server)
        over = framegate("restore", told["path"], folder=tmp_path, LANG="en", **settings)
        assert over.returncode == 0, over.stderr
        assert "0 known and refused" in over.stdout
        assert "Not a final snapshot" not in over.stdout  # nothing is refused for it
        assert figures(server) == (1, 3, 2)
        with redis_server.client() as redis:
            redis.flushall()
        assert redeem(server, newer) == "unknown"
        into = framegate("restore", told["path"], "--json", folder=tmp_path, **settings)
        done = json.loads(into.stdout)
        assert (done["revived"], done["refused"], done["unchanged"]) == (0, 2, 0)
        assert figures(server) == (0, 2, 1)
        assert [redeem(server, one) for one in (used, left)] == ["used", "stale"]


def test_what_a_memory_server_leaves_behind_goes_on_in_redis_once(
    tmp_path: Path,
    folder: Path,
    in_memory: dict[str, str],
    environment: dict[str, str],
    redis_server: RedisServer,
) -> None:
    with running_framegate(tmp_path / "one", in_memory, "serve") as server:
        left, later = create(server), create(server)
    (final,) = folder.glob("*-final.jsonl.gz")
    into = framegate("restore", str(final), folder=tmp_path, LANG="en", **environment)
    assert "2 sessions active again" in into.stdout, into.stderr
    with running_framegate(tmp_path / "two", environment, "serve") as server:
        assert redeem(server, left) == "won"
        with redis_server.client() as redis:
            redis.flushall()
        again = framegate("restore", f"{final}.used", folder=tmp_path, LANG="en", **environment)
        assert "0 sessions active again" in again.stdout
        assert "Not a final snapshot" in again.stdout
        assert [redeem(server, one) for one in (left, later)] == ["stale", "stale"]


def test_every_command_of_the_document_does_what_it_says(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "framegate").write_text(f'#!/bin/sh\nexec {sys.executable} -m entrypoints "$@"\n')
    (tmp_path / "framegate").chmod(0o700)
    making, *using = blocks(DOCUMENT, "sh")
    script = f"{making}mkdir elsewhere\n" + "\n".join(using).replace("FILE", "$(ls -d $PWD/*/*.gz)")
    # Each of the two that take a snapshot into the folder makes one; the rest is for the last.
    script = script.replace(
        "framegate restore", "rm -r elsewhere snapshots/*2-*\nframegate restore"
    )
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path,
        env={**environment, "PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    one, two, rest = done.stdout.split("\n", 2)
    told, end_of_told = json.JSONDecoder().raw_decode(rest)
    put_back, about, end = rest[end_of_told:].strip().splitlines()
    assert one.startswith("snapshots/snapshot-000001-")
    assert two.startswith("elsewhere/snapshot-000001-")
    assert told["sessions"] == 0
    assert "snapshot-000001-" in put_back
    assert json.loads(about)["framegate_snapshot"] == 1
    assert set(json.loads(end)) == {"end", "sessions"}
