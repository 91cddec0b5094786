"""The parent application of these tests: its backend, and its pages."""

import json
import ssl
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

from domain.session_id import Digest
from tests.browser.two_sites.site import FRAME, PARENT, Reply, Site
from tests.support.framegate_server import KEYS, FramegateServer, bearer
from tests.support.http_call import Answer, call


@frozen
class Parent:
    """Creates sessions with its key; ``page`` serves its pages."""

    site: Site
    gate: FramegateServer
    trust: ssl.SSLContext

    @property
    def gate_url(self) -> str:
        """Where browsers find framegate."""
        return f"https://{FRAME}:{urlsplit(self.gate.url).port}"

    def session_url(self) -> str:
        """Serve sessions, another each time, and return the address."""
        return self.site.put(lambda _: Reply(json.dumps(self.session()), "application/json"))

    def session(self) -> dict[str, Any]:
        """Create a session and return what framegate says of it."""
        return dict(self.ask("POST", "/auth/create-session").fields)

    def ask(self, method: str, path: str, key: str = KEYS.portal) -> Answer:
        """Ask framegate something, as a backend does."""
        return call(method, self.gate.url + path, headers=bearer(key), trust=self.trust)

    def revoke(self, session_id: str) -> None:
        """End a session, and its grant."""
        done = self.ask("DELETE", f"/auth/sessions/{Digest.of(session_id).fingerprint}")
        assert done.status == 200

    def has_grant(self, session_id: str) -> bool:
        """Tell whether a browser can go on with a session."""
        told = self.ask("GET", f"/auth/sessions/{Digest.of(session_id).fingerprint}")
        return told.status == 200 and told.fields["grant"] is not None

    def page(self, *embeds: str, name: str = PARENT) -> str:
        """Serve a page with these frames, and return its address."""
        return self.site.page("<h1>Parent</h1>" + "".join(embeds), name)
