"""The processor time of a server."""

import subprocess
import sys

from bench.cpu import cpu_seconds, rest

# Each works for a while and says so; the parent lives on until its input ends.
WORK = """
import os, sys, time
def work():
    while time.process_time() < 0.3: pass
pid = os.fork()
work()
if pid == 0 and sys.argv[1] == "ends": os._exit(0)
if pid == 0: os.write(1, b"child"); sys.stdin.read(); os._exit(0)
if sys.argv[1] == "ends": os.waitpid(pid, 0)
os.write(1, b"parent"); sys.stdin.read()
"""


def used_by_a_family(child: str, words: int) -> float:
    command = [sys.executable, "-c", WORK, child]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert len(process.stdout.read(words)) == words
        rest(process.pid)
        used = cpu_seconds(process.pid)
        process.communicate()
    return used


def test_what_a_child_uses_counts_while_it_lives() -> None:
    assert used_by_a_family("lives", len("childparent")) >= 0.55


def test_what_a_child_has_used_counts_when_it_has_ended() -> None:
    assert used_by_a_family("ends", len("parent")) >= 0.55
