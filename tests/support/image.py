"""The Dockerfile's image, as far as it can be had without an engine: its steps and its command run
in a folder that is their root, as its user, in mounts and a process tree of their own. The base
image is played by this machine's /usr and /dev, and by the Python that the tests run on."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs

from tests.support.dockerfile import ROOT, Stage, read_stages

PYTHON = Path(sys.base_prefix)
NAMED = "/opt/base/bin"
BASE_PATH = f"{NAMED}:{PYTHON}/bin:/usr/bin:/bin"

# What it is told: the root, the user, the folder, and whether the root may be written to. What
# stands in the environment is the command's, but for PYTHON.
_ENTER = """
set -e
root=$1 user=$2 folder=$3 writable=$4; shift 4
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


@attrs.frozen
class Image:
    """A stage, and the folder that is its root."""

    said: Stage
    root: Path

    def entered(self, *command: str, writable: bool = False) -> list[str]:
        """Return the command that runs this one inside, as the first of its processes."""
        user, folder = self.said.last("USER", "0:0"), self.said.last("WORKDIR", "/")
        told = (str(self.root), user, folder, "yes" if writable else "")
        own = ("unshare", "--mount", "--pid", "--fork")
        return [*own, "sh", "-c", _ENTER, "sh", *told, *command]

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the environment to run ``entered`` in, with ``more`` than the image sets."""
        return {**self.said.environment(BASE_PATH), **more, "PYTHON": str(PYTHON)}


def build_image(folder: Path) -> Image:
    """Run each stage's steps; return the image of the last."""
    built: dict[str, Image] = {}
    for stage in read_stages():
        image = Image(stage, _empty_root(folder / (stage.name or "final")))
        for instruction, value in stage.instructions:
            if instruction == "WORKDIR":
                (image.root / value.lstrip("/")).mkdir(parents=True, exist_ok=True)
            elif instruction == "COPY":
                _copy(value, image, built)
            elif instruction == "RUN":
                _run(value, image)
        built[stage.name] = image
    return built[""]


def _empty_root(root: Path) -> Path:
    (root / PYTHON.relative_to("/")).mkdir(parents=True)
    for name in ("usr", "dev", "proc", "tmp", "etc"):
        (root / name).mkdir(exist_ok=True)
    for name in ("bin", "lib", "lib64", "sbin"):
        (root / name).symlink_to(f"usr/{name}")
    (root / NAMED.lstrip("/")).mkdir(parents=True)
    (root / NAMED.lstrip("/") / "python").symlink_to(
        PYTHON / "bin" / "python3"
    )  # as the base has it
    return root


def _run(command: str, image: Image) -> None:
    # What this machine says of its package registry holds inside as well.
    environment = image.environment({**os.environ, "PATH": BASE_PATH})
    entered = image.entered("sh", "-c", command, writable=True)
    done = subprocess.run(entered, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _copy(said: str, image: Image, built: Mapping[str, Image]) -> None:
    *sources, target = said.split()
    to = image.root / Path("/", image.said.last("WORKDIR"), target).relative_to("/")
    if sources[0].startswith("--from="):
        stage, source = sources
        from_ = built[stage.partition("=")[2]].root / source.lstrip("/")
        # What another stage has made is written to no more: another name for each file will do.
        shutil.copytree(from_, to, symlinks=True, copy_function=os.link)
        return
    for source in sources:
        if (ROOT / source).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")  # as .dockerignore has it
            shutil.copytree(ROOT / source, to, ignore=ignored)
        else:
            shutil.copy(ROOT / source, to)
