"""What all tests share. Imports nothing but pytest and the standard library, so that the
domain's tests run where nothing else is installed."""

import sys
from pathlib import Path

import pytest

from tests.support.leaks import leaks_below


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the whole run where any server left an id or a key behind in a file."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    basetemp: Path | None = getattr(factory, "_basetemp", None)
    if basetemp is None:
        return
    leaks = list(leaks_below(basetemp))
    for path in leaks:
        sys.stderr.write(f"\nLEAK: a session id or a key stands in {path}\n")
    if leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
