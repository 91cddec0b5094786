"""A gate, all of it: Redis, framegate, an application, and the proxy before it."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from attrs import frozen

from tests.support.framegate_server import (
    KEYS,
    FramegateServer,
    bearer,
    running_framegate,
    write_clients,
)
from tests.support.gated_application import Application, running_application
from tests.support.http_call import call
from tests.support.redis_server import RedisServer, free_port, running_redis
from tests.support.waiting import until

DEPLOY = Path(__file__).parents[2] / "deploy"


@frozen
class Places:
    """The ports of what the proxy stands between, and its own."""

    framegate: int
    application: int
    own: int

    def put_into(self, text: str) -> str:
        """Return one of our configurations with these addresses for its own."""
        for usual, here in ((8000, self.framegate), (3000, self.application), (8080, self.own)):
            assert f"127.0.0.1:{usual}" in text
            text = text.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{here}")
        return text


Proxy = Callable[[Path, Places], AbstractContextManager[object]]
"""Runs a proxy in a new folder."""


@frozen
class Gate:
    """Everything runs; ``url`` and ``folder`` are the proxy's."""

    url: str
    folder: Path
    framegate: FramegateServer
    redis: RedisServer
    application: Application

    def page(self, **wishes: object) -> str:
        """Create a session and return the path of a page with it."""
        create = f"{self.framegate.url}/auth/create-session"
        created = call("POST", create, headers=bearer(KEYS.portal), body=wishes)
        return f"/reports/7?session_id={created.fields['session_id']}"

    def revoke(self, fingerprint: str) -> int:
        """Take a session back, and what it has given; return the status."""
        session = f"{self.framegate.url}/auth/sessions/{fingerprint}"
        return call("DELETE", session, headers=bearer(KEYS.portal)).status


@contextmanager
def running_gate(folder: Path, proxy: Proxy) -> Iterator[Gate]:
    """Start it all, and stop it; its cache keeps what it has learnt, so that counts are sure."""
    own = free_port()
    url = f"http://127.0.0.1:{own}"
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis(folder / "redis", "--save", ""))
        environment = {
            "REDIS_URL": redis.url,
            "CLIENTS_FILE": str(write_clients(folder / "clients.toml")),
            "DRAIN_SECONDS": "0",
            "PUBLIC_URL": f"{url}/framegate",
            "TRUSTED_PROXIES": "127.0.0.1",
            "GRANT_CACHE_SECONDS": "60",
            "IFRAME_ROOT": str(_pages(folder / "pages")),
        }
        framegate = stack.enter_context(
            running_framegate(folder / "framegate", environment, "serve")
        )
        application = stack.enter_context(running_application())
        places = Places(int(framegate.url.rpartition(":")[2]), application.port, own)
        (folder / "proxy").mkdir()
        stack.enter_context(proxy(folder / "proxy", places))
        until("the proxy answers", lambda: _answers(url))
        yield Gate(url, folder / "proxy", framegate, redis, application)


@contextmanager
def running_program(folder: Path, *command: str) -> Iterator[int]:
    """Run a proxy's program and end it; what it says goes into a log in the folder.

    Yields the id of its process.
    """
    with (
        (folder / "said.log").open("wb") as log,
        subprocess.Popen(command, env={"HOME": str(folder)}, stdout=log, stderr=log) as program,
    ):
        try:
            yield program.pid
        finally:
            program.terminate()


def _pages(folder: Path) -> Path:
    folder.mkdir()
    (folder / "iframe.html").write_text("<!DOCTYPE html>")
    (folder / "data.json").write_text("{}")
    return folder


def _answers(url: str) -> bool:
    try:
        call("GET", url)
    except ConnectionError:
        return False
    return True
