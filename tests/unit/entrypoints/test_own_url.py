"""Whether a framegate answers where one should: itself, others, and nobody."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from application.ports import Finding, Verdict
from entrypoints import own_url
from entrypoints.own_url import look_at_own_urls
from entrypoints.settings import Settings, load_settings
from tests.support.redis_server import free_port
from tests.unit.catalogues import fill

ALIVE, READY = (200, '{"status":"alive"}'), (200, '{"status":"ready"}')


def answering(
    livez: tuple[int, str], readyz: tuple[int, str], demo: tuple[int, str]
) -> Application:
    answers = {"/livez": livez, "/readyz": readyz, "/auth-demo": demo}

    class Handler(RequestHandler):
        def get(self) -> None:
            status, body = answers[self.request.path]
            self.set_status(status)
            self.set_header("Location", "/readyz")
            self.write(body)

    return Application([(r"/(?:livez|readyz|auth-demo)", Handler)])


def served(
    livez: tuple[int, str],
    environment: dict[str, str],
    readyz: tuple[int, str] = READY,
    demo: tuple[int, str] = (404, ""),
) -> list[Finding]:
    """Look at a server that answers so; its port goes where the environment has ``{port}``."""

    async def look() -> list[Finding]:
        listener, port = bind_unused_port()
        server = HTTPServer(answering(livez, readyz, demo))
        server.add_socket(listener)
        filled = {name: value.format(port=port) for name, value in environment.items()}
        found = await look_at_own_urls(settings(**filled))
        server.stop()
        await server.close_all_connections()
        return found

    found = asyncio.run(look())
    for finding in found:
        fill(finding.what, finding.facts)
    return found


def settings(**environment: str) -> Settings:
    return load_settings({"PORT": "0", "PUBLIC_URL": "", "HOST": "127.0.0.1", **environment})


@pytest.mark.parametrize(
    "environment",
    [
        {"PORT": "{port}"},
        {"PORT": "{port}", "HOST": "0.0.0.0"},
        {"PUBLIC_URL": "http://127.0.0.1:{port}"},
    ],
)
def test_a_framegate_that_answers_is_ready(environment: dict[str, str]) -> None:
    (finding,) = served(ALIVE, environment)
    assert finding.what == "doctor.url.ready"
    assert "127.0.0.1" in str(finding.facts["url"])


def test_both_addresses_are_looked_at() -> None:
    found = served(ALIVE, {"PORT": "{port}", "PUBLIC_URL": "http://127.0.0.1:{port}"})
    assert [finding.what for finding in found] == ["doctor.url.ready"] * 2


@pytest.mark.parametrize(
    "livez",
    [
        (404, '{"status":"alive"}'),
        (301, '{"status":"alive"}'),
        (200, "<html>Welcome to nginx!</html>"),
        (200, '{"status":"up"}'),
        (200, '["alive"]'),
        (200, ""),
    ],
)
@pytest.mark.parametrize("variable", ["PORT", "PUBLIC_URL"])
def test_what_answers_otherwise_is_not_framegate(livez: tuple[int, str], variable: str) -> None:
    value = {"PORT": "{port}", "PUBLIC_URL": "http://127.0.0.1:{port}"}[variable]
    (finding,) = served(livez, {variable: value})
    assert (finding.verdict, finding.what) == (Verdict.FAILED, "doctor.url.stranger")
    assert finding.facts["status"] == livez[0]


@pytest.mark.parametrize("status", ["store_unavailable", "draining"])
def test_a_framegate_that_is_not_ready_says_why(status: str) -> None:
    (finding,) = served(ALIVE, {"PORT": "{port}"}, (503, f'{{"status":"{status}"}}'))
    assert (finding.what, finding.facts["status"]) == ("doctor.url.unready", status)


def test_a_demo_where_a_server_should_be_is_a_failure() -> None:
    (finding,) = served(ALIVE, {"PORT": "{port}"}, demo=(200, "<html>"))
    assert (finding.verdict, finding.what) == (Verdict.FAILED, "doctor.url.demo")


def look(**environment: str) -> list[Finding]:
    return asyncio.run(look_at_own_urls(settings(**environment)))


def test_nobody_here_is_worth_a_note_and_nobody_there_is_a_failure() -> None:
    port = str(free_port())
    here, there = look(PORT=port, PUBLIC_URL=f"http://127.0.0.1:{port}")
    assert here == Finding.note("doctor.url.not_running", url=f"http://127.0.0.1:{port}")
    assert (there.verdict, there.what) == (Verdict.FAILED, "doctor.url.silent")


def test_without_a_port_and_a_public_address_there_is_nothing_to_look_at() -> None:
    assert look() == []


@contextmanager
def listening() -> Iterator[int]:
    """Accept connections, as the kernel does, and never say anything."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_an_address_that_never_answers_is_waited_for_a_moment_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own_url, "ANSWER_SECONDS", 0.05)
    with listening() as port:
        began = time.monotonic()
        (finding,) = look(PUBLIC_URL=f"http://127.0.0.1:{port}")
        assert time.monotonic() - began < 10  # Tornado's own time-out is 20 s
    assert finding.what == "doctor.url.silent"
    assert "Timeout" in str(finding.facts["reason"])
