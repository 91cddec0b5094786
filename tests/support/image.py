"""The Dockerfile's image, as far as it can be had without an engine: its steps and its command run
in a folder that is their root, as its user, in mounts and a process tree of their own. The base
image is played by this machine's /usr and /dev, and by the Python that the tests run on."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).parents[2]
PYTHON = Path(sys.base_prefix)
BASE_PATH = f"{PYTHON}/bin:/usr/bin:/bin"

needs_mounts = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="mounting takes root on Linux"
)

# In the order of the words: the root, the user, whether the root may be written to. What else
# stands in the environment is the command's.
_ENTER = """
set -e
root=$1 user=$2 writable=$3 folder=$4; shift 4
mount --bind "$root" "$root"
[ "$writable" ] || mount -o remount,bind,ro "$root"
mount --rbind /usr "$root/usr"
[ "$PYTHON" = /usr ] || mount --bind "$PYTHON" "$root$PYTHON"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
[ -z "$writable" ] || mount --bind /etc "$root/etc"
exec /usr/sbin/chroot "$root" setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups \\
    --bounding-set=-all --inh-caps=-all --no-new-privs -- env -u PYTHON --chdir "$folder" "$@"
"""
_OWN = ("unshare", "--mount", "--pid", "--fork")


@attrs.frozen
class Stage:
    """One stage of the Dockerfile: what it says, and the folder that is its root."""

    instructions: Sequence[tuple[str, str]]
    root: Path

    def last(self, instruction: str, default: str = "") -> str:
        """Return what was said last, which is what holds."""
        said = [value for name, value in self.instructions if name == instruction]
        return said[-1] if said else default

    def words(self, instruction: str) -> list[str]:
        """Return the words of a command that needs no shell."""
        words: list[str] = json.loads(self.last(instruction).rpartition("CMD ")[2])
        return words

    @property
    def environment(self) -> dict[str, str]:
        said = [value for name, value in self.instructions if name == "ENV"]
        pairs = [pair.partition("=") for value in said for pair in shlex.split(value)]
        return {
            "PATH": BASE_PATH,
            **{name: value.replace("$PATH", BASE_PATH) for name, _, value in pairs},
        }

    def entered(self, *command: str, writable: bool = False) -> list[str]:
        """Return the command that runs this one inside."""
        user, folder = self.last("USER", "0:0"), self.last("WORKDIR", "/")
        inside = (str(self.root), user, "yes" if writable else "", folder)
        return [*_OWN, "sh", "-c", _ENTER, "sh", *inside, *command]

    def around(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the environment to run ``entered`` in, and ``more`` of the operator's."""
        return {**self.environment, **more, "PYTHON": str(PYTHON)}


def build_image(folder: Path) -> Stage:
    """Run each stage's steps; return the last stage."""
    with (ROOT / "Dockerfile").open("rb") as file:
        parsed: list[dict[str, Any]] = DockerfileParser(fileobj=file).structure
    said = [(line["instruction"], line["value"]) for line in parsed]
    starts = [n for n, (name, _) in enumerate(said) if name == "FROM"]
    stages: dict[str, Stage] = {}
    for start, end in zip(starts, [*starts[1:], len(said)], strict=True):
        name = said[start][1].partition(" AS ")[2]
        stages[name] = Stage(said[start:end], _empty_root(folder / (name or "final")))
        _run_steps(stages[name], stages)
    return stages[""]


def _empty_root(root: Path) -> Path:
    (root / PYTHON.relative_to("/")).mkdir(parents=True)
    for name in ("usr", "dev", "proc", "tmp", "etc", "opt"):
        (root / name).mkdir(exist_ok=True)
    for name in ("bin", "lib", "lib64", "sbin"):
        (root / name).symlink_to(f"usr/{name}")
    return root


def _run_steps(stage: Stage, stages: Mapping[str, Stage]) -> None:
    for name, value in stage.instructions:
        here = stage.root / stage.last("WORKDIR", "/").lstrip("/")
        here.mkdir(parents=True, exist_ok=True)
        if name == "COPY":
            *sources, target = value.split()
            origin = ROOT
            if sources[0].startswith("--from="):
                origin = stages[sources.pop(0).partition("=")[2]].root
            for source in sources:
                to = stage.root / target[1:] if target.startswith("/") else here / target
                _copy(origin / source.lstrip("/"), to)
        elif name == "RUN":
            command = stage.entered("sh", "-c", value, writable=True)
            # What the machine says of its package registry holds inside as well.
            environment = stage.around({**os.environ, **stage.environment})
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        # What another stage has made is not written to again: a name more is as good as a copy.
        copy = shutil.copy2 if source.is_relative_to(ROOT) else os.link
        ignored = shutil.ignore_patterns("__pycache__") if copy is shutil.copy2 else None
        shutil.copytree(source, target, symlinks=True, ignore=ignored, copy_function=copy)
    else:
        shutil.copy(source, target)
