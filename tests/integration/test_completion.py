"""Shells complete what they are asked to, with what ``framegate completion`` has them read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import ROOT
from tests.support.snippets import block_with
from tests.support.terminal import terminal

READ_BY_SHELLS = block_with(ROOT / "docs" / "command-line.md", "sh", "completion bash")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A home in which somebody has followed the document."""
    home = tmp_path_factory.mktemp("home")
    program = home / "framegate"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m entrypoints "$@"\n')
    program.chmod(0o755)
    environment = {
        "PATH": f"{home}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "TERM": "dumb",
        "LANG": "C.UTF-8",
        "PS1": "ready> ",
    }
    subprocess.run(["bash", "-euc", READ_BY_SHELLS], cwd=home, env=environment, check=True)
    return environment


SHELLS = {
    "bash": (
        ["bash", "--norc", "-i"],
        "source ~/.local/share/bash-completion/completions/framegate",
    ),
    "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -D; source ~/.framegate.zsh"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_tab_key_completes_commands_flags_and_values(
    shell: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    command, prepare = SHELLS[shell]
    with terminal(command, tmp_path, environment) as at:
        at.type(f"{prepare}; echo pre''pared\r")
        at.wait_for("prepared")
        at.type("framegate aud\t")
        at.wait_for("framegate audit ")
        at.type("--rea\t")
        at.wait_for("--reason ")
        at.type("expi\t")
        at.wait_for("expired")


def test_fish_is_offered_commands_with_what_they_do_flags_and_values(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    def offered(typed: str) -> list[str]:
        done = subprocess.run(
            ["fish", "-c", f'complete --do-complete "{typed}"'],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    (audit,) = offered("framegate aud")
    assert audit.startswith("audit\tShow what was audited")
    assert offered("framegate audit --reason e") == ["expired"]
