"""What the commands say when something is wrong; no Redis is needed for that."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adapters.snapshots.folder import SnapshotFolder
from domain.snapshot import About, Part
from entrypoints.cli import main
from tests.support.framegate_server import write_clients
from tests.support.redis_server import free_port
from tests.unit.catalogues import CATALOGUES

PROBLEMS = ["truncated", "changed", "version", "no_snapshot"]


async def nothing() -> AsyncIterator[Part]:
    return
    yield


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    folder = tmp_path / "snapshots"
    folder.mkdir()
    about = About(taken_at=1, storage="redis")
    return folder / asyncio.run(SnapshotFolder(folder).write(about, nothing())).name


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLIENTS_FILE", str(write_clients(tmp_path / "clients.toml")))
    monkeypatch.setenv("REDIS_PORT", str(free_port()))
    monkeypatch.setenv("LC_ALL", "en")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def assert_says(done: Result, *words: str, status: int = 1) -> None:
    assert done.exit_code == status, done.output
    assert done.stdout == ""
    assert done.stderr.startswith("framegate: ")
    assert done.stderr.count("\n") == 1
    for word in words:
        assert word in done.stderr


def test_a_broken_file_is_refused_with_what_is_wrong(snapshot: Path) -> None:
    snapshot.write_bytes(snapshot.read_bytes()[:-1])
    assert_says(run("restore", snapshot), snapshot.name, "cut short")
    snapshot.write_text("no snapshot")
    assert_says(run("restore", snapshot), "is no snapshot")


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_of_a_file_has_a_text(problem: str) -> None:
    assert all(f"cli.snapshot.{problem}" in catalogue for catalogue in CATALOGUES.values())


def test_a_file_or_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert_says(run("restore", "nothing.gz"), "Cannot read nothing.gz (No such file or directory)")
    assert_says(run("snapshot", "--to", tmp_path / "nowhere"), "nowhere", "No such file")


def test_without_a_folder_it_says_how_to_name_one() -> None:
    assert_says(run("snapshot"), "SNAPSHOT_DIR", "--to", status=2)


def test_sessions_in_memory_are_the_servers_own(
    snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE", "memory")
    for done in (run("snapshot", "--to", snapshot.parent), run("restore", snapshot)):
        assert_says(done, "STORAGE=memory", "SIGUSR1", status=2)


def test_without_redis_nothing_is_written_and_nothing_put_back(snapshot: Path) -> None:
    assert_says(run("snapshot", "--to", snapshot.parent), "No snapshot was taken")
    assert_says(run("restore", snapshot), "framegate doctor")
    assert {path.name for path in snapshot.parent.iterdir()} == {".lock", snapshot.name}
