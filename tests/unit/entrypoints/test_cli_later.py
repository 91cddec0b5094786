"""A command reads what it needs itself, and nothing of what others need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

# What is for servers and what looks at their store; it takes half a second to read.
FOR_SERVERS = ("injector", "redis", "structlog", "tornado.web", "prometheus_client")


def read_by(*arguments: str) -> set[str]:
    """Run the program, and return the modules that it has read, as Python itself tells them."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "entrypoints", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


@pytest.mark.parametrize(
    "typed", ["--help", "--version", "keys new portal", "settings", "completion bash"]
)
def test_a_command_that_asks_no_server_reads_nothing_that_servers_need(typed: str) -> None:
    read = read_by(*typed.split())
    assert "entrypoints.cli" in read
    assert not read & set(FOR_SERVERS)


def test_what_servers_need_is_read_where_there_is_one() -> None:
    assert read_by("serve", "--help") >= set(FOR_SERVERS)
