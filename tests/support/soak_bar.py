"""How far a soak is, for a person who watches it; `make soak` loads this as a plugin of pytest."""

import os
from collections.abc import Generator

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@pytest.hookimpl(trylast=True)  # pytest's own reporter is there by then
def pytest_configure(config: pytest.Config) -> None:
    if os.isatty(2):  # which is not captured but while a test runs
        console = Console(file=os.fdopen(os.dup(2), "w"))
        config.pluginmanager.register(SoakBar(console, config))


class SoakBar:
    """A bar in the place of pytest's dots, while a test runs: it writes what it has to say
    between two."""

    def __init__(self, console: Console, config: pytest.Config) -> None:
        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        )
        self._bar = Progress(*columns, console=console, transient=True, refresh_per_second=1)
        self._task = self._bar.add_task("", total=None)
        config.pluginmanager.getplugin("terminalreporter").showfspath = False

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._bar.update(self._task, total=len(session.items))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._bar.update(self._task, description=item.nodeid)
        with self._bar:
            done = yield
        self._bar.advance(self._task)
        return done

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        return ("passed", "", "") if report.passed and report.when == "call" else None
