"""The program ``framegate``, run to its end."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.framegate_server import PATIENT

ROOT = Path(__file__).parents[2]


def framegate(
    *arguments: str, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "entrypoints", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **PATIENT, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def assert_stops(done: subprocess.CompletedProcess[str], *words: str, status: int = 2) -> None:
    """It ended at once, with one line that holds the words and no traceback."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("framegate: ")
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr
