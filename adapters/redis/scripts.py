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
    """What it does, its text, and the SHA-1 that EVALSHA calls it by."""

    name: str
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
    redeem: Script
    refuse: Script
    revoke: Script
    figures: Script
    clean_up: Script
    use_grant: Script
    refuse_grant: Script
    replace_grant: Script
    revoke_grant: Script
    find: Script
    look: Script
    page: Script
    revoke_subject: Script
    revoke_all: Script
    remember_revoked: Script
    take_down: Script
    events_after: Script
    latest_events: Script
    claim: Script
    read: Script
    put_back: Script
    put_back_grant: Script
    put_back_counts: Script

    @property
    def all(self) -> tuple[Script, ...]:
        """Every one of them."""
        return tuple(getattr(self, name) for name in _PARTS)


_SESSIONS = ("time", "fence", "common")
_END = (*_SESSIONS, "limited", "end")
# A script makes the functions in its text anew each time it runs: each has what it uses.
_PARTS = {
    "create": (*_SESSIONS, "expired", "one", "create"),
    "create_many": (*_SESSIONS, "expired", "many", "create"),
    **dict.fromkeys(("redeem", "refuse", "revoke"), _END),
    "figures": (*_SESSIONS, "expired", "figures"),
    "clean_up": (*_SESSIONS, "expired", "clean_up"),
    "use_grant": ("time", "held", "use"),
    "refuse_grant": ("time", "held", "limited", "refuse_grant"),
    "replace_grant": ("time", "held", "tell", "replace_grant"),
    "revoke_grant": ("time", "tell", "revoke_grant"),
    "find": (*_SESSIONS, "walk", "find"),
    "look": (*_SESSIONS, "walk", "look"),
    "page": (*_SESSIONS, "walk", "chosen", "page"),
    "revoke_subject": (*_SESSIONS, "walk", "chosen", "tell", "revoke_subject"),
    "revoke_all": (*_SESSIONS, "expired", "tell", "revoke_all"),
    "remember_revoked": (*_SESSIONS, "remember_revoked"),
    "take_down": ("take_down",),
    "events_after": ("events_in", "events_after"),
    "latest_events": ("events_in", "latest_events"),
    "claim": ("claim",),
    "read": (*_SESSIONS, "walk", "read"),
    "put_back": (*_SESSIONS, "put_back"),
    "put_back_grant": ("time", "put_back_grant"),
    "put_back_counts": (*_SESSIONS, "put_back_counts"),
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
    own = {
        "time": time or read_lua("time"),
        "fence": fence or read_lua(f"fence_{single_use.value}"),
    }

    def put_together(name: str, parts: tuple[str, ...]) -> Script:
        return Script(name, "\n".join([own.get(part) or read_lua(part) for part in parts]))

    return Scripts(**{name: put_together(name, parts) for name, parts in _PARTS.items()})
