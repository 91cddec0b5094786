"""A server's objects as the real container makes them, with a clock and a store in hand."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import environ
import pytest
from attrs import frozen

from adapters.memory.sessions import MemorySessions
from domain.client import Client
from domain.figures import Figures
from domain.key import compose_key, digest_key
from domain.session_id import Digest, SessionId
from entrypoints.container.building import build_runtime
from entrypoints.container.runtime import Runtime
from entrypoints.settings import Settings
from entrypoints.texts import load_texts
from tests.http.talk import Api
from tests.support.worlds import SteppedClock


def _key(name: str) -> str:
    return compose_key(random.Random(name).randbytes(32))


PORTAL_KEY = _key("portal")
PORTAL_NEXT_KEY = _key("portal, the next")
OTHER_KEY = _key("other")
ADMIN_KEY = _key("ops")
STRANGE_KEY = _key("nobody's")

PORTAL_ORIGINS = ("https://portal.example", "https://intranet.portal.example:8443")
OTHER_ORIGIN = "https://other.example"

PORTAL_TTL, PORTAL_CAP = 1800, 1000
OTHER_TTL, OTHER_CAP = 600, 2

CLIENTS = f"""
[[client]]
name = "portal"
keys = ["{digest_key(PORTAL_KEY)}", "{digest_key(PORTAL_NEXT_KEY)}"]
origins = ["{PORTAL_ORIGINS[0]}", "{PORTAL_ORIGINS[1]}"]

[[client]]
name = "other"
keys = ["{digest_key(OTHER_KEY)}"]
origins = ["{OTHER_ORIGIN}"]
session_cap = {OTHER_CAP}
session_ttl_seconds = {OTHER_TTL}

[[admin]]
name = "ops"
keys = ["{digest_key(ADMIN_KEY)}"]
"""


@frozen
class House:
    """A server, and what it stands on."""

    runtime: Runtime
    clock: SteppedClock
    sessions: MemorySessions

    async def figures(self) -> dict[str, Figures]:
        names = [client.name for client in self.runtime.directory.clients()]
        return {name: await self.sessions.figures(name) for name in names}

    async def revoke(self, session_id: str) -> None:
        await self.sessions.revoke(*self._named_by(session_id))

    async def revoke_grant(self, session_id: str) -> None:
        assert await self.sessions.grants.revoke(*self._named_by(session_id))

    def _named_by(self, session_id: str) -> tuple[str, Digest]:
        known = SessionId.presented(session_id)
        client = self.runtime.directory.by_tag(known.client_tag or "")
        assert client is not None
        return client.name, known.digest

    def restart_store(self) -> None:
        """Give the store another incarnation, as a failover does."""
        self.sessions.incarnation = "the next life"

    @asynccontextmanager
    async def unchanged(self, api: Api, key: str | None = PORTAL_KEY) -> AsyncIterator[str]:
        """Give a good id; whatever is done meanwhile must change nothing, nor burn it."""
        session_id = await api.create(key)
        before = await self.figures()
        yield session_id
        assert await self.figures() == before
        assert (await api.redeem(session_id)).code == 200


def clients_file(folder: Path) -> Path:
    path = folder / "clients.toml"
    path.write_text(CLIENTS, encoding="utf-8")
    return path


def open_house(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, demo: bool = False, **variables: str
) -> House:
    """Build a server with the real container; only its clock and its store are ours."""
    clock = SteppedClock()
    sessions = MemorySessions(clock)
    monkeypatch.setattr("entrypoints.container.system.SystemClock", lambda: clock)
    monkeypatch.setattr("entrypoints.container.stores.MemorySessions", lambda _: sessions)
    environment = {"STORAGE": "memory", "CLIENTS_FILE": str(clients_file(folder)), **variables}
    settings: Settings = environ.to_config(Settings, environ=environment)
    load_texts(settings.locale)
    runtime = build_runtime(settings, demo=demo)
    runtime.load()
    return House(runtime, clock, sessions)


def in_house(*, demo: bool = False, **variables: str) -> pytest.MarkDecorator:
    """Mark tests that need another server than the usual one."""
    wish: dict[str, Any] = {"demo": demo, **variables}
    words = ["demo"] * demo + [f"{name}={value}" for name, value in variables.items()]
    return pytest.mark.parametrize("house", [wish], indirect=True, ids=[" ".join(words)])


def tag_of(name: str) -> str:
    return Client(name=name).tag


def unknown_id(client: str = "portal", seed: int = 0) -> str:
    """Make an id of the right form that nobody was ever given."""
    return SessionId.compose(tag_of(client), random.Random(seed).randbytes(24)).text
