"""A parent's site with ``<framegate-embed>`` in its page, and a backend that may have troubles."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import define, field
from playwright.sync_api import FrameLocator, Locator, Page

from domain.session_id import Digest
from tests.support.framegate_server import KEYS, bearer
from tests.support.http_call import Answer, call
from tests.support.waiting import until

SESSION_URL = "/framegate/session"
RECORD = """
window.heard = [];
for (const type of ["ready", "refused", "expired", "error"]) {
  addEventListener(type, (event) => {
    if (event.target.localName === "framegate-embed") heard.push({ type, ...event.detail });
  }, true);
}
"""

IS_OFFLINE = "() => fetch(location.href).then(() => false, () => !navigator.onLine)"


@define
class Parent:
    """It is at ``url``; its backend asks framegate at ``api``, browsers find that at ``gate``."""

    url: str
    api: str
    gate: str
    body: str = ""
    gives: Callable[[], Answer] | None = None
    """What the backend answers, when it is not with a session."""
    given: list[str] = field(factory=list, repr=False)
    """The ids of the sessions that it has created and given."""

    def show(self, page: Page, *embeds: str) -> None:
        """Open the page with these in it, and take down what they tell as ``heard``."""
        script = f'<script type="module" src="{self.gate}/sdk/framegate.js"></script>'
        self.body = f"{script}<style>framegate-embed {{ height: 20rem }}</style>{''.join(embeds)}"
        page.add_init_script(RECORD)
        page.goto(self.url)

    def embed(self, more: str = "", inside: str = "", session_url: str = SESSION_URL) -> str:
        asks = f'session-url="{session_url}"' if session_url else ""
        return f'<framegate-embed src="{self.gate}" {asks} {more}>{inside}</framegate-embed>'

    def create(self) -> Answer:
        answer = self._ask("POST", "/auth/create-session")
        self.given.append(answer.fields["session_id"])
        return answer

    @property
    def fingerprints(self) -> list[str]:
        """What framegate calls the sessions that were given."""
        return [Digest.of(session_id).fingerprint for session_id in self.given]

    def revoke_latest(self) -> None:
        """End the latest session, and its grant."""
        assert self._ask("DELETE", f"/auth/sessions/{self.fingerprints[-1]}").status == 200

    def _ask(self, method: str, path: str) -> Answer:
        return call(method, self.api + path, headers=bearer(KEYS.portal))


def shown(page: Page) -> FrameLocator:
    """Return the protected page: the doorstep is around it."""
    return page.frame_locator("iframe").frame_locator("iframe")


def await_heard(page: Page, type_: str, times: int = 1) -> list[dict[str, Any]]:
    """Wait until the embeds have told something so often, and return what they told of it."""
    page.wait_for_function(
        "([type, times]) => heard.filter((event) => event.type === type).length >= times",
        arg=[type_, times],
    )
    return told(page, type_)


# The one timer that playwright's clock leaves running.
LIMIT_BY_THE_CLOCK = """
AbortSignal.timeout = (ms) => {
  const limit = new AbortController();
  setTimeout(() => limit.abort(new DOMException("late", "TimeoutError")), ms);
  return limit.signal;
};
"""


def stop_time(page: Page) -> None:
    """Let timers run only when they are told to."""
    page.add_init_script(LIMIT_BY_THE_CLOCK)
    page.clock.install(time=0)
    page.clock.pause_at(1)


def go_offline(page: Page, *frames: Locator) -> None:
    """Cut it off, and see that it is: the browser's processes hear of it one after the other.

    ``frames`` are documents within it, by their root element, that ask for something themselves.
    """
    page.context.set_offline(True)
    for root in (page.locator("html"), *frames):
        until("it is offline", lambda root=root: bool(root.evaluate(IS_OFFLINE)))  # type: ignore[misc] # of the lambda


def told(page: Page, type_: str) -> list[dict[str, Any]]:
    return [event for event in page.evaluate("heard") if event["type"] == type_]


@contextmanager
def running_parent(port: int, api: str, gate: str) -> Iterator[Parent]:
    with ThreadingHTTPServer(("127.0.0.1", port), _Handler) as server:
        server.daemon_threads = True
        parent = Parent(f"http://localhost:{port}/", api, gate)
        server.parent = parent  # type: ignore[attr-defined] # the handler's way to it
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield parent
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(200, "text/html", f"<!DOCTYPE html>{self._parent.body}".encode())

    def do_POST(self) -> None:
        try:
            answer = (self._parent.gives or self._parent.create)()
        except OSError:
            answer = Answer(503, {}, b"{}")  # framegate is away
        kind = answer.headers.get("Content-Type", "application/json")
        self._answer(answer.status, kind, answer.body, answer.headers.get("Location"))

    @property
    def _parent(self) -> Parent:
        return self.server.parent  # type: ignore[attr-defined, no-any-return] # as above

    def _answer(self, status: int, kind: str, content: bytes, location: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if location is not None:
            self.send_header("Location", location)
        self.end_headers()
        with suppress(ConnectionError):  # who has asked may have gone
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
