"""The settings, ports and times that deployments name are the server's."""

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values

from entrypoints.settings import load_settings
from entrypoints.supervisor import STOP_SECONDS
from tests.support.deployed import FILES, IMAGE, PORT, composed, manifest, unit
from tests.support.dockerfile import ROOT, read_stages

GUIDE = (ROOT / "docs" / "deploy.md").read_text()
KNOWN = set(re.findall(r'name="([A-Z_]+)"', (ROOT / "entrypoints" / "settings.py").read_text()))
NOT_OURS = {"PATH", "PYTHONDONTWRITEBYTECODE"}


def in_compose(name: str) -> dict[str, str]:
    told = composed(name)["services"]["framegate"]["environment"]
    return {key: re.sub(r"\$\{\w+:-(.*)\}", r"\1", str(value)) for key, value in told.items()}


def in_secret() -> dict[str, str]:
    text = manifest("secret.example")["stringData"][".env"]
    return {name: value or "" for name, value in dotenv_values(stream=StringIO(text)).items()}


TOLD = {
    "image": IMAGE.environment("/bin"),
    "compose": in_compose("compose.yaml"),
    "monitoring": in_compose("monitoring.yaml"),
    "config map": manifest("settings")["data"],
    "secret": in_secret(),
    "unit": dict(word.split("=", 1) for word in unit()["Environment"].split()),
}


@pytest.mark.parametrize("place", TOLD)
def test_every_variable_is_one_that_the_server_knows_and_takes(
    place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    told = {name: value for name, value in TOLD[place].items() if name not in NOT_OURS}
    assert set(told) <= KNOWN
    load_settings(told)


def test_every_variable_that_the_guide_names_is_one_that_the_server_knows() -> None:
    assert set(re.findall(r"\b([A-Z]+(?:_[A-Z]+)+)\b", GUIDE)) <= KNOWN


def test_the_image_is_asked_on_the_servers_port_whether_it_is_alive() -> None:
    assert IMAGE.last("EXPOSE") == str(PORT)
    (asked,) = (word for word in IMAGE.words("HEALTHCHECK") if "/livez" in word)
    assert f"'PORT', {PORT}" in asked


def test_the_image_gets_what_its_build_takes_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = [words.split()[:-1] for words in read_stages()[0].all("COPY")]
    assert {name for names in copied for name in names} == let_in
    assert "*" in lines


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [program, ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_service_reads_its_files_where_the_image_does_and_has_the_time_to_stop() -> None:
    assert {Path(unit()["WorkingDirectory"], path.name) for path in FILES} == FILES
    assert int(unit()["TimeoutStopSec"]) > STOP_SECONDS


@pytest.mark.parametrize(
    "path", ["compose/compose.yaml", "compose/monitoring.yaml", "kubernetes/kustomization.yaml"]
)
def test_what_is_not_run_says_so_in_its_head(path: str) -> None:
    head = [line for line in (ROOT / "deploy" / path).read_text().splitlines() if line[:1] == "#"]
    assert "NOT RUN by any test" in "".join(head)
