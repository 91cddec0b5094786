"""What somebody sees who sits before the terminal, and Ctrl-C."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.support.command_line import ROOT, framegate
from tests.support.framegate_server import write_clients
from tests.support.terminal import terminal

PROGRAM = [sys.executable, "-m", "entrypoints"]


def test_ctrl_c_ends_a_command_without_a_word(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = {
            "PYTHONPATH": str(ROOT),
            "CLIENTS_FILE": str(write_clients(tmp_path / "clients.toml")),
            "REDIS_PORT": str(silent.getsockname()[1]),
            "REDIS_TIMEOUT_MS": "60000",
        }
        command = [*PROGRAM, "report"]
        with subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=-1, stderr=-1, text=True
        ) as report:
            connection, _ = silent.accept()  # it has asked, and is not answered
            with connection:
                report.send_signal(signal.SIGINT)
                said, complained = report.communicate(timeout=60)
    assert (report.returncode, said.strip(), complained.strip()) == (130, "", "")


def test_ctrl_c_ends_a_program_that_still_reads_its_libraries_without_a_word(
    tmp_path: Path,
) -> None:
    (tmp_path / "click.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\n")
    done = framegate("report", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_how_far_a_snapshot_is_shows_in_a_terminal_and_nowhere_else(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "snapshots").mkdir()
    command = ("snapshot", "--to", "snapshots")
    done = framegate(*command, folder=tmp_path, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    shown = {**environment, "PYTHONPATH": str(ROOT), "TERM": "xterm", "LC_ALL": "en"}
    with terminal([*PROGRAM, *command], tmp_path, shown) as at:
        assert "\x1b[" in at.wait_for("Reading the store")
        at.wait_for(r"snapshots/snapshot-000002-\S+: 0 sessions")


def test_how_far_a_soak_is_shows_in_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_a(): pass\ndef test_b(): pass\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.soak_bar", "test_it.py"]
    environment = {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "120"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert b"0/2" not in done.stdout + done.stderr
    assert b"test_it.py .." in done.stdout
    with terminal(command, tmp_path, environment) as at:
        at.wait_for(r"0/2.*test_it.py::test_a")
        at.wait_for(r"1/2.*test_it.py::test_b")
        at.wait_for("2 passed")
