"""The Lua scripts: one text an operation, put together from the files in ``lua/``."""

import hashlib
from enum import Enum
from importlib.resources import files

from attrs import field, frozen


class SingleUse(Enum):
    """What guards against a redeem that a failover or a crash has lost."""

    STRICT = "strict"  # the fence: sessions of another incarnation are refused
    DURABLE = "durable"  # the operator's promise: appendfsync always, no replica promoted


@frozen
class Script:
    """A script's text and the SHA-1 that EVALSHA calls it by."""

    text: str = field(repr=False)
    sha: str = field(init=False)

    @sha.default
    def _digest(self) -> str:
        return hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


@frozen
class Scripts:
    """All operations, made for one way of telling time and incarnation."""

    create: Script
    create_many: Script
    end: Script
    figures: Script
    clean_up: Script


# A script makes the functions in its text anew each time it runs: each has what it uses.
_PARTS = {
    "create": ("expired", "one", "create"),
    "create_many": ("expired", "many", "create"),
    "end": ("end",),
    "figures": ("expired", "figures"),
    "clean_up": ("expired", "clean_up"),
}


def read_lua(name: str) -> str:
    """Return the text of one file in ``lua/``."""
    return files("adapters.redis").joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")


def load_scripts(
    single_use: SingleUse, *, time: str | None = None, fence: str | None = None
) -> Scripts:
    """Put the scripts together.

    ``time`` and ``fence`` replace the texts that define ``store_time()`` and
    ``store_incarnation()``: with them a test steps the clock of a real server.
    """
    shared = [
        time or read_lua("time"),
        fence or read_lua(f"fence_{single_use.value}"),
        read_lua("common"),
    ]
    return Scripts(
        **{
            name: Script("\n".join([*shared, *map(read_lua, parts)]))
            for name, parts in _PARTS.items()
        }
    )
