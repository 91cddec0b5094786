"""The parent application of these tests: its backend, and its pages."""

import ssl
from typing import Any

from attrs import frozen

from tests.browser.two_sites.site import PARENT, Site
from tests.support.framegate_server import KEYS, FramegateServer, bearer
from tests.support.http_call import Answer, call


@frozen
class Parent:
    """Creates sessions with its key; ``page`` serves its pages."""

    site: Site
    gate: FramegateServer
    trust: ssl.SSLContext

    def session(self) -> dict[str, Any]:
        """Create a session and return what framegate says of it."""
        return dict(self.ask("POST", "/auth/create-session").fields)

    def ask(self, method: str, path: str, key: str = KEYS.portal) -> Answer:
        """Ask framegate something, as a backend does."""
        return call(method, self.gate.url + path, headers=bearer(key), trust=self.trust)

    def page(self, *embeds: str, name: str = PARENT) -> str:
        """Serve a page with these frames, and return its address."""
        return self.site.page("<h1>Parent</h1>" + "".join(embeds), name)
