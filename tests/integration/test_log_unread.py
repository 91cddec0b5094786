"""Whoever reads the log stops reading: what is said waits, and nobody else does."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from entrypoints import audit_lines
from entrypoints.audit_lines import drain
from entrypoints.log_backlog import MOST_LINES
from entrypoints.logs import configure_logs
from tests.support.command_line import ROOT
from tests.support.framegate_server import KEYS, bearer
from tests.support.http_call import call
from tests.support.redis_server import free_port
from tests.support.waiting import until
from tests.unit.logging_kept import audit, logging_kept

PATIENCE_SECONDS = 60
PIPE_BYTES = 65_536
LINE = "x" * 150


@contextmanager
def logs_into_a_pipe() -> Iterator[int]:
    """Configure them so; yield where it can be read."""
    reader, writer = os.pipe()
    with logging_kept(), os.fdopen(reader, "rb") as read, os.fdopen(writer, "w") as stream:
        configure_logs("INFO", stream)
        yield read.fileno()


def read_lines(reader: int, ended: bytes) -> list[dict[str, Any]]:
    """Read until the last line holds a word."""
    text = b""
    while not (text.endswith(b"\n") and ended in text[-2 * PIPE_BYTES :]):
        assert select.select([reader], [], [], PATIENCE_SECONDS)[0], "nothing more comes"
        text += os.read(reader, PIPE_BYTES)
    return [json.loads(line) for line in text.splitlines()]


def say(number: int) -> None:
    audit("said", number=number, text=LINE)


def test_lines_wait_for_a_reader_and_come_in_their_order() -> None:
    count = 3 * PIPE_BYTES // len(LINE)
    assert count < MOST_LINES
    with logs_into_a_pipe() as reader:
        for number in range(count):
            say(number)
        audit("the last")
        lines = read_lines(reader, b"the last")
        assert [line["number"] for line in lines[:-1]] == list(range(count))
        drain(PATIENCE_SECONDS)
        say(count)  # which needs to wait for nothing any more
        assert select.select([reader], [], [], 0)[0]


def test_what_is_too_much_to_wait_is_lost_and_that_is_told_where_it_is_missing() -> None:
    with logs_into_a_pipe() as reader:
        count = MOST_LINES + 2 * PIPE_BYTES // len(LINE)
        for number in range(count):
            say(number)
        lines = read_lines(reader, b"log_line_lost")
        drain(PATIENCE_SECONDS)
        audit("the last")
        lines += read_lines(reader, b"the last")
    *said, told, last = lines
    assert [line["number"] for line in said] == list(range(len(said)))
    assert len(said) >= MOST_LINES
    assert told["event"] == "log_line_lost"
    assert told["lines"] == count - len(said)
    assert last["event"] == "the last"


def test_a_process_that_is_forked_says_nothing_twice() -> None:
    count = 3 * PIPE_BYTES // len(LINE)
    with logs_into_a_pipe() as reader:
        for number in range(count):
            say(number)
        child = os.fork()
        if child == 0:
            say(count)
            drain(PATIENCE_SECONDS)
            os._exit(0)
        lines = list[dict[str, Any]]()
        while len(lines) <= count:
            lines += read_lines(reader, b"\n")
        os.waitpid(child, 0)
        assert not select.select([reader], [], [], 0.1)[0]
    assert sorted(line["number"] for line in lines) == list(range(count + 1))


def test_without_a_reader_the_way_of_the_logs_is_not_taken(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as stream, logging_kept():
        configure_logs("INFO", stream)
        say(1)
        assert audit_lines._way.out is not None
        assert audit_lines._way.out._backlog._thread is None
    assert json.loads((tmp_path / "log").read_text())["number"] == 1


@contextmanager
def unread_framegate(folder: Path, environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Run it with two workers; yield its address, and the log that nobody reads."""
    port = free_port()
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "entrypoints", "serve"],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PORT": str(port),
            "WORKERS": "2",
            "RATE_LIMITS": "off",
            **environment,
        },
        stdout=writer,
        stderr=writer,
    )
    os.close(writer)
    try:
        yield f"http://127.0.0.1:{port}", reader
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        os.close(reader)


def test_workers_whose_log_nobody_reads_go_on_answering_and_stop_in_time(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    with unread_framegate(tmp_path, environment) as (url, reader):

        def is_up() -> bool:
            try:
                return call("GET", f"{url}/livez").status == 200
            except OSError:
                return False

        until("it serves", is_up)
        create = f"{url}/auth/create-session"
        slowest = 0.0
        said = 3 * PIPE_BYTES // 200  # so much that the pipe is full long before
        for _ in range(said):
            began = time.monotonic()
            # Without a key: a line is written, and nothing is kept anywhere.
            assert call("POST", create, headers=bearer("fgk_nobody")).status == 401
            slowest = max(slowest, time.monotonic() - began)
        assert call("POST", create, headers=bearer(KEYS.portal)).status == 200
        assert slowest < PATIENCE_SECONDS / 3
        # All come, those of the one worker among those of the other.
        told = Counter[str]()
        while (told["key_rejected"], told["session_created"]) != (said, 1):
            told.update(line["event"] for line in read_lines(reader, b"\n"))
        assert "log_line_lost" not in told
