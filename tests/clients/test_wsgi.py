"""What is left to the WSGI gate when the application fails."""

import io
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.handlers import SimpleHandler
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import httpx
import pytest

from framegate_client.wsgi import Gate
from tests.clients.test_asking import WHO

HEAD = [("Content-Type", "text/plain")]
GRANT = {"Set-Cookie": "a=1"}


class BrokenError(RuntimeError):
    """The application's own."""


def at_once(_: WSGIEnvironment, __: StartResponse) -> Iterable[bytes]:
    raise BrokenError


def when_it_is_read(_: WSGIEnvironment, __: StartResponse) -> Iterator[bytes]:
    yield from ()
    raise BrokenError


def when_it_has_started(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", HEAD)
    yield b""
    raise BrokenError


def half_way(_: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", HEAD)
    yield b"half"
    raise BrokenError


def after_writing(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", HEAD)(b"half")
    raise BrokenError


class Server(SimpleHandler):
    """The standard library's; of an error it keeps what it was."""

    def __init__(self) -> None:
        environ: dict[str, Any] = {}
        setup_testing_defaults(environ)
        self.out = io.BytesIO()
        self.error: type[BaseException] | None = None
        super().__init__(io.BytesIO(), self.out, io.StringIO(), environ)

    def log_exception(self, exc_info: Any) -> None:
        self.error = exc_info[0]


def served(app: WSGIApplication, cookies: dict[str, str]) -> tuple[str, Server]:
    answer = httpx.Response(200, headers=WHO | cookies)
    http = httpx.Client(transport=httpx.MockTransport(lambda _: answer))
    server = Server()
    server.run(Gate(app, "http://framegate.example", http_client=http))
    return server.out.getvalue().decode(), server


@pytest.mark.parametrize("app", [at_once, when_it_is_read, when_it_has_started])
def test_a_page_that_fails_has_the_grant_and_the_error_is_logged(
    app: WSGIApplication, caplog: pytest.LogCaptureFixture
) -> None:
    said, server = served(app, GRANT)

    assert "500 Internal Server Error" in said.splitlines()[0]
    assert "Set-Cookie: a=1\r\n" in said
    assert said.endswith("\r\n\r\nInternal Server Error")
    assert server.error is None
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is BrokenError


@pytest.mark.parametrize("app", [half_way, after_writing])
def test_one_of_which_some_has_been_sent_already_is_the_servers_to_end(
    app: WSGIApplication,
) -> None:
    said, server = served(app, GRANT)

    assert "Set-Cookie: a=1\r\n" in said
    assert said.endswith("half")
    assert server.error is BrokenError


def test_an_application_that_fails_later_fails_as_it_would_without_the_gate() -> None:
    said, server = served(at_once, {})

    assert "500" in said.splitlines()[0]
    assert server.error is BrokenError


def test_what_a_page_returns_is_closed() -> None:
    class Body:
        closed = False

        def __iter__(self) -> Iterator[bytes]:
            yield b"whole"

        def close(self) -> None:
            self.closed = True

    body = Body()

    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", HEAD)
        return body

    said, _ = served(app, GRANT)

    assert said.endswith("whole")
    assert body.closed
