"""What all tests share. Imports nothing but pytest and the standard library, so that the
domain's tests run where nothing else is installed."""

import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.leaks import leaks_below
from tests.support.measurements import Measurements

MEASURED = pytest.StashKey[Measurements]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--soak", action="store_true", help="run every scenario in full, as `make soak` does"
    )
    parser.addoption("--figures", type=Path, help="put what was measured into this document")


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # In the background a shell has its programs ignore it, and these hand that on to theirs.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[MEASURED] = Measurements()


@pytest.fixture(params=["fast", "tornado"], scope="module")
def transport(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run what asks for this on both transports; servers that are started here heed it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTP_TRANSPORT", request.param)
        yield request.param


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """Choose between the size of a scenario in `make test` and in `make soak`."""
    full = request.config.getoption("soak")
    return lambda fast, soak: soak if full else fast


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Take down what was measured: ``figure(promise, measured)``."""
    measured = request.config.stash[MEASURED]
    return lambda promise, value: measured.take(promise, value, request.node.nodeid)


@pytest.fixture
def seeded(request: pytest.FixtureRequest) -> random.Random:
    """Give randomness that can be had again: the seed is printed with a failing test."""
    seed = os.environ.get("FRAMEGATE_TEST_SEED", request.node.nodeid)
    sys.stdout.write(f"FRAMEGATE_TEST_SEED={seed!r}\n")
    return random.Random(seed)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the figures, and fail the whole run where any server left an id or a key behind
    in a file."""
    if path := session.config.getoption("figures"):
        session.config.stash[MEASURED].write(path, exit_status=int(exitstatus))
    factory = getattr(session.config, "_tmp_path_factory", None)
    basetemp: Path | None = getattr(factory, "_basetemp", None)
    if basetemp is None:
        return
    leaks = list(leaks_below(basetemp))
    for path in leaks:
        sys.stderr.write(f"\nLEAK: a session id or a key stands in {path}\n")
    if leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
