"""The wheel, installed where nothing else is."""

import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.http_call import call
from tests.support.redis_server import free_port

ROOT = Path(__file__).parents[2]


def quietly(*command: str | Path, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # From a copy of what git has, so that nothing left over from another build gets in.
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, files.stdout.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir")
    quietly(*pip, target, source, cwd=target)
    return next(target.glob("*.whl"))


def test_the_wheel_holds_all_packages_and_data_files_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {
        str(path.relative_to(ROOT))
        for package in ("domain", "application", "adapters", "entrypoints")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names == expected


@contextmanager
def running(command: list[str | Path], folder: Path) -> Iterator[None]:
    with (folder / "demo.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def test_the_wheel_runs_the_demo_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    venv, elsewhere = tmp_path / "venv", tmp_path / "elsewhere"
    elsewhere.mkdir()
    quietly(sys.executable, "-m", "venv", "--without-pip", venv, cwd=tmp_path)
    pip = (sys.executable, "-m", "pip", "--python", venv / "bin" / "python")
    # Without --no-compile, all that is never read would be compiled.
    quietly(*pip, "install", "--quiet", "--no-compile", wheel, cwd=tmp_path)
    port = free_port()
    demo: list[str | Path] = [venv / "bin" / "framegate", "demo", "--port", str(port)]
    with running(demo, elsewhere):
        base = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                page = call("GET", f"{base}/auth-demo")
                break
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, (elsewhere / "demo.log").read_text()
        assert page.status == 200
        created = call("POST", f"{base}/auth/create-session").fields
        assert call("GET", base + created["iframe_url"]).status == 200
        assert call("GET", base + created["iframe_url"]).status == 401
        assert call("GET", f"{base}/static/framegate.css").status == 200
