"""Every command that a document shows is run, as it stands there, by bash; or says why it is not.

A block of commands (``sh``) in a document is run here, after those before it in the same document,
in a folder that has what a checkout has, with ``framegate`` at hand and a Redis and a server
running, unless the line before it is one of these, which no reader sees:

    <!-- run: tests/integration/test_systemd_unit.py -->    another test runs it
    <!-- unrun: needs a cluster -->                         nothing does
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from domain.session_id import SessionId
from tests.support.command_blocks import Block, blocks_of, documents
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
from tests.support.snippets import ROOT
from tests.support.waiting import until

KEYBOARD = ROOT / "tests" / "support" / "at_a_keyboard.sh"
STREAM = "fg:{.audit}:events"
STARTS = re.compile(r"^(\w+=\S+ )*framegate (serve|demo)\b", re.MULTILINE)
FAILURE = re.compile(r'"code": ?"\w+"')
SAID_TO_FAIL = re.compile(r"#.* 4\d\d\b")
TO_RUN = {name: [b for b in blocks_of(name) if not b.mark] for name in documents()}


@frozen
class Desk:
    """Where documents are followed: a server, its Redis, and a folder."""

    folder: Path
    redis: RedisServer
    server: FramegateServer

    @property
    def environment(self) -> dict[str, str]:
        """What the reader has set: how the server is configured, and what the documents name."""
        return {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "REDIS_URL": self.redis.url,
            "CLIENTS_FILE": str(self.folder / "clients.toml"),
            "LOG_LEVEL": "INFO",
            "DRAIN_SECONDS": "0",
            **PATIENT,
            "LANG": "C.UTF-8",
            "FRAMEGATE": self.server.url,
            "KEY": KEYS.portal,
            "ADMIN_KEY": KEYS.ops,
        }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with running_redis(folder / "redis", "--appendonly", "yes") as redis:
        environment = {
            "REDIS_URL": redis.url,
            "CLIENTS_FILE": str(write_clients(folder / "clients.toml")),
            "AUDIT_FILE": str(folder / "audit.log"),
            "DRAIN_SECONDS": "0",
        }
        put(folder / "bin" / "framegate", f'exec {sys.executable} -m entrypoints "$@"')
        # The reader's Redis is where Redis usually is.
        put(folder / "bin" / "redis-cli", f'exec {shutil.which("redis-cli")} -p {redis.port} "$@"')
        with running_framegate(folder / "server", environment, "serve") as server:
            yield Desk(folder, redis, server)


def put(path: Path, command: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{command}\n")
    path.chmod(0o755)


@pytest.fixture
def session_id(desk: Desk) -> str:
    """An id, for the reader to have one: it has been used, and used again."""
    create = f"{desk.server.url}/auth/create-session"
    created = call("POST", create, headers=bearer(KEYS.portal)).fields
    for _ in range(2):
        call("GET", desk.server.url + created["iframe_url"])
    fingerprint = SessionId(created["session_id"]).digest.fingerprint
    with desk.redis.client() as redis:
        told = re.compile(f"replay_attempted.*{fingerprint}")
        until(
            "it is audited", lambda: told.search(str(redis.xrevrange(STREAM, count=9))) is not None
        )
    return str(created["session_id"])


def script_of(blocks: list[Block], desk: Desk, url: str) -> str:
    """Make one script of a document's blocks, which says where it is, for the places here."""
    parts = [f"printf '\\n=== %s\\n' {block.place}\n{block.text}" for block in blocks]
    script = "\n".join([KEYBOARD.read_text(), *parts])
    here = script.replace("http://127.0.0.1:8000", url)
    return here.replace("/var/log/framegate", str(desk.folder))


@pytest.mark.parametrize("document", [name for name, blocks in TO_RUN.items() if blocks])
def test_the_commands_of_a_document_can_be_followed(
    document: str, desk: Desk, session_id: str, tmp_path: Path
) -> None:
    blocks = TO_RUN[document]
    for name in ("clients", "deploy", "examples", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    port, url = "0", desk.server.url
    if any(STARTS.search(block.text) for block in blocks):
        port = str(free_port())
        url = f"http://127.0.0.1:{port}"
    done = subprocess.run(
        ["bash", "-c", script_of(blocks, desk, url)],
        cwd=tmp_path,
        env={**desk.environment, "ID": session_id, "PORT": port},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answers = re.split(r"\n=== .*\n", done.stdout)[1:]
    for block, answer in zip(blocks, answers, strict=True):
        assert SAID_TO_FAIL.search(block.text) or not FAILURE.search(answer), block.place + answer
    for path in tmp_path.glob("*.json"):
        path.unlink()  # ids that the reader was to keep


def test_a_document_whose_command_fails_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    wrong = [Block("here:1", "true\n"), Block("here:2", "framegate audit --sinse 1h\necho on\n")]
    done = subprocess.run(
        ["bash", "-c", script_of(wrong, desk, desk.server.url)],
        cwd=tmp_path,
        env=desk.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 2
    assert done.stdout == "\n=== here:1\n\n=== here:2\n"
