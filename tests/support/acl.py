"""The rules of the minimal user, read where operators read them."""

import shlex
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "redis.md"


def documented_rules() -> list[str]:
    """Return what comes after the password in the command that makes the user."""
    _, _, command = DOCUMENT.read_text().partition("redis-cli ACL SETUSER")
    words = shlex.split(command.partition("```")[0].replace("\\\n", " "))
    return words[words.index(">PASSWORD") + 1 :]
