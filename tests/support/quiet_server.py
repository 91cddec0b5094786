"""A web server of a test's own that does not complain of callers who leave."""

from http.server import ThreadingHTTPServer
from typing import Any


class QuietServer(ThreadingHTTPServer):
    """Browsers and proxies open connections ahead of time, and reset those that they leave."""

    def handle_error(self, *_: Any) -> None:
        """Say nothing."""
