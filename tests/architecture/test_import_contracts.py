"""The house holds its shape, and each contract that says so can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ("domain", "application", "adapters", "entrypoints", "clients")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"),
            *("--no-cache", "--config", "pyproject.toml"),
        ],
        cwd=folder,
        env={"PYTHONPATH": f"{folder}:{folder / 'clients/python'}", "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the house, to spoil."""
    for package in HOUSE:
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_keeps_all_its_contracts() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


# One import in the wrong place for every contract.
SLIPS = {
    "Dependencies point inwards": ("domain/figures.py", "import application.ports"),
    "Domain and application know no framework": ("application/clean_up.py", "import tornado"),
    "The domain imports nothing of others but attrs": ("domain/policy.py", "import hiredis"),
    "Only the container sees adapters": ("entrypoints/http/demo.py", "import adapters.system"),
    "Only the container uses injector": ("adapters/system.py", "import injector"),
    "The client imports nothing of the server": (
        "clients/python/framegate_client/errors.py",
        "import domain.errors",
    ),
    "The server imports nothing of the client": ("adapters/system.py", "import httpx"),
}


@pytest.mark.parametrize("contract", SLIPS)
def test_each_contract_can_fail(copy: Path, contract: str) -> None:
    path, line = SLIPS[contract]
    spoilt = copy / path
    spoilt.write_text(f"{spoilt.read_text()}\n{line}\n")
    result = lint(copy)
    assert result.returncode != 0
    assert f"{contract} BROKEN" in result.stdout


def test_there_is_a_slip_for_every_contract() -> None:
    named = {
        line.removeprefix('name = "').rstrip('"')
        for line in (ROOT / "pyproject.toml").read_text().splitlines()
        if line.startswith('name = "') and "framegate" not in line
    }
    assert named == set(SLIPS)
