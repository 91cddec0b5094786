"""Applications in processes of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from tests.support.waiting import LONGEST_SECONDS, until

ROOT = Path(__file__).parents[2]


@frozen
class Running:
    """A program; ``log`` is everything it has written so far."""

    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text()


@contextmanager
def running(
    command: Sequence[str | Path], folder: Path, more: Mapping[str, str] | None = None
) -> Iterator[Running]:
    folder.mkdir(parents=True, exist_ok=True)
    log_file = folder / "application.log"
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    environment = {**kept, "PYTHONWARNINGS": "error", **(more or {})}
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        yield Running(process, log_file)
    finally:
        process.terminate()
        process.wait(timeout=LONGEST_SECONDS)


@contextmanager
def running_application(name: str, framegate: str, folder: Path) -> Iterator[tuple[str, Running]]:
    """Run one of ``tests.clients.applications``; yield where it serves, and the program."""
    module = f"tests.clients.applications.{name}_app"
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", module, framegate]
    with running(command, folder, {"PYTHONPATH": path}) as program:
        until("the application serves", lambda: "http://127" in program.log or ended(program))
        assert not ended(program), program.log
        yield (
            next(line for line in program.log.splitlines() if line.startswith("http://127")),
            program,
        )


def ended(program: Running) -> bool:
    return program.process.poll() is not None
