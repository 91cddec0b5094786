"""What deploy/ and the Dockerfile say, for tests that hold it to what the server knows."""

import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import yaml

from entrypoints.settings import load_settings
from tests.support.dockerfile import ROOT, read_stages

COMPOSE = ROOT / "deploy" / "compose"
KUBERNETES = ROOT / "deploy" / "kubernetes"
IMAGE = read_stages()[-1]
FILES = {Path(IMAGE.last("WORKDIR"), ".env"), Path(IMAGE.environment("")["CLIENTS_FILE"])}
"""What the image reads: its settings and its clients."""

PORT = load_settings({}).port


def manifest(name: str) -> Any:
    """Return a manifest of Kubernetes."""
    return yaml.safe_load((KUBERNETES / f"{name}.yaml").read_text())


def composed(name: str = "compose.yaml") -> Any:
    """Return a file for Compose."""
    return yaml.safe_load((COMPOSE / name).read_text())


def unit() -> dict[str, str]:
    """Return what systemd is told of the service; of what is said more than once, the last."""
    parser = ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ROOT / "deploy" / "systemd" / "framegate.service")
    return dict(parser["Service"])


def copy_compose(folder: Path) -> Path:
    """Copy what Compose needs, without anybody's secrets; return where it is."""
    (folder / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "redis.md", folder / "docs")
    ignored = shutil.ignore_patterns("secrets")
    return Path(shutil.copytree(COMPOSE, folder / "deploy" / "compose", ignore=ignored))


def make_secrets(compose: Path) -> str:
    """Make the secrets of a copy; return what the script says."""
    command = ["bash", str(compose / "make_secrets.sh")]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
