"""The client's own distribution."""

import re
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from tests.clients.running import ROOT

SOURCE = ROOT / "clients" / "python"
PACKAGE = SOURCE / "framegate_client"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    # From a copy, so that nothing is left in the tree, and nothing that was left there gets in.
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for path in [SOURCE / "pyproject.toml", SOURCE / "README.md", *files()]:
        copy = source / path.relative_to(SOURCE)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    subprocess.run([*pip, target, source], check=True, cwd=target)
    return zipfile.ZipFile(next(target.glob("framegate_client-*.whl")))


def files() -> list[Path]:
    return [path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"]


def test_the_wheel_holds_the_package_with_its_types_and_nothing_else(
    wheel: zipfile.ZipFile,
) -> None:
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert names == {str(path.relative_to(SOURCE)) for path in files()}
    assert "framegate_client/py.typed" in names


def test_the_wheel_needs_attrs_and_httpx_only(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    metadata = message_from_string(wheel.read(name).decode())

    needs = metadata.get_all("Requires-Dist") or []
    assert {re.split("[<>]", need)[0] for need in needs} == {"attrs", "httpx"}
    assert metadata["Name"] == "framegate-client"
    assert metadata["Requires-Python"] == ">=3.11"


def test_the_wheel_works_where_nothing_of_the_server_is(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    wheel.extractall(tmp_path)
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "import framegate_client.asgi, framegate_client.wsgi, framegate_client.tornado\n"
        "assert framegate_client.__file__.startswith(sys.argv[1])\n"
        "assert not {'domain', 'application', 'adapters', 'entrypoints'} & set(sys.modules)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    subprocess.run(command, check=True, cwd=tmp_path, env={"PYTHONWARNINGS": "error"})
