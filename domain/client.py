"""Who may call: clients (parent applications) and admins (operators)."""

import hashlib
import re
from collections.abc import Sequence
from enum import Enum

from attrs import field, frozen

from domain.errors import ClientNotFound, InvalidClient
from domain.key import hide_keys, is_key_digest
from domain.origin import is_among, may_be_listed
from domain.policy import Policy

MOST_LIVE_KEYS = 2
NOBODY = "?"
"""Stands for the client of an id whose tag is nobody's. No client can have this name."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")


class Entry(Enum):
    """What the address of an iframe does when it is opened."""

    OPEN = "open"  # it redeems the session at once
    CONFIRM = "confirm"  # it shows a small page that redeems by POST: scanners burn nothing


@frozen(kw_only=True)
class Client:
    """A parent application.

    ``name`` is 1 to 48 of ``a-z 0-9 -``; ``keys`` are one or two digests, two so that keys
    can rotate, none only where keys are not asked for; ``origins`` may embed its iframes, and
    ``entry`` is how these are opened. Raises ``InvalidClient``.
    """

    name: str = field()
    keys: frozenset[str] = field(default=frozenset(), repr=False)
    origins: tuple[str, ...] = ()
    policy: Policy = Policy()
    entry: Entry = Entry.OPEN
    tag: str = field(init=False, eq=False, repr=False)
    """Eight hex digits that stand for the name in a session id without telling it."""

    @tag.default
    def _tag(self) -> str:
        # Made before the name is judged, so it must bear any text.
        name = self.name.encode(errors="backslashreplace")
        return hashlib.sha256(name).hexdigest()[:8]

    def __attrs_post_init__(self) -> None:
        check_holder(self.name, self.keys)
        for origin in self.origins:
            if not may_be_listed(origin):
                raise InvalidClient(self.name, "origin", hide_keys(origin))

    def lists(self, origin: str) -> bool:
        """Tell whether an origin, as browsers write it, may embed its iframes."""
        return is_among(origin, self.origins)


@frozen(kw_only=True)
class Admin:
    """An operator, with the same rules for name and keys. Raises ``InvalidClient``."""

    name: str
    keys: frozenset[str] = field(default=frozenset(), repr=False)

    def __attrs_post_init__(self) -> None:
        check_holder(self.name, self.keys)


@frozen
class Caller:
    """Who stands behind a request: a client, an admin, or in demo mode both in one."""

    client: Client | None = None
    is_admin: bool = False

    def owns(self, client: Client) -> bool:
        """Tell whether the sessions of ``client`` are this caller's own."""
        return self.client is not None and self.client.name == client.name

    def sees(self, clients: Sequence[Client], only: str | None = None) -> Sequence[Client]:
        """Return those of all clients whose sessions this caller may look at.

        With ``only``, a name, that one alone. Raises ``ClientNotFound`` where it is not among them.
        """
        own = () if self.client is None else (self.client,)
        seen = clients if self.is_admin else own
        if only is None:
            return seen
        named = [client for client in seen if client.name == only]
        if not named:
            raise ClientNotFound
        return named


def check_holder(name: str, keys: frozenset[str]) -> None:
    """Hold the rules for the name and the keys of whoever has keys."""
    if not _NAME.fullmatch(name):
        raise InvalidClient(hide_keys(name), "name", hide_keys(name))
    if len(keys) > MOST_LIVE_KEYS:
        raise InvalidClient(name, "keys", str(len(keys)))
    for key in keys:
        if not is_key_digest(key):
            # Somebody may have put the key itself here: do not repeat it.
            raise InvalidClient(name, "key_format", "")
