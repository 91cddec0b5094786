"""What is sent when no answer comes: nothing a second time, unless that was asked for."""

import socketserver
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest

from framegate_client import Client, Unavailable
from tests.clients.waiting import Connect


class Silent(socketserver.ThreadingTCPServer):
    """Reads requests and answers none; ``requests`` are their first lines."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Reader)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Reader(socketserver.StreamRequestHandler):
    server: Silent

    def handle(self) -> None:
        self.server.requests.append(self.rfile.readline())
        while self.rfile.readline() not in {b"\r\n", b""}:
            pass


@pytest.fixture
def silent() -> Iterator[Silent]:
    with Silent() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


ONCE: dict[str, Callable[[Client], object]] = {
    "create": lambda client: client.create_session(),
    "create by idempotency key": lambda client: client.create_session(idempotency_key="7"),
    "create many": lambda client: client.create_sessions(2),
    "redeem": lambda client: client.redeem("fgs_0"),
    "status": lambda client: client.status(),
    "revoke": lambda client: client.revoke("0123456789ab"),
}


@pytest.mark.parametrize("call", ONCE)
def test_a_request_without_an_answer_is_not_sent_again(
    connect: Connect, silent: Silent, call: str
) -> None:
    client = connect(silent.url, "fgk_any")

    with pytest.raises(Unavailable, match="is not known"):
        ONCE[call](client)

    assert len(silent.requests) == 1


def test_a_create_with_an_idempotency_key_is_sent_again_once_where_that_is_asked_for(
    connect: Connect, silent: Silent
) -> None:
    client = connect(silent.url, "fgk_any")

    with pytest.raises(Unavailable):
        client.create_session(idempotency_key="7", again_if_lost=True)

    assert silent.requests == [b"POST /auth/create-session HTTP/1.1\r\n"] * 2


def test_no_create_without_an_idempotency_key_can_be_sent_again(
    connect: Connect, silent: Silent
) -> None:
    with pytest.raises(ValueError, match="idempotency_key"):
        connect(silent.url, "fgk_any").create_session(again_if_lost=True)

    assert silent.requests == []


def test_an_answer_is_not_lost_by_being_a_refusal(connect: Connect, kind: str) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(503, json={"code": "store_unavailable", "detail": "away"})

    client = connect("http://framegate.example", "fgk_any", http_client=answering(kind, answer))

    with pytest.raises(Unavailable, match="store_unavailable"):
        client.create_session(idempotency_key="7", again_if_lost=True)
    assert len(asked) == 1


def test_an_answer_that_does_not_come_in_time_is_none(connect: Connect) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), Reader) as listening:
        url = f"http://127.0.0.1:{listening.server_address[1]}"
        client = connect(url, "fgk_any", timeout_seconds=0.05)

        with pytest.raises(Unavailable, match="Timeout"):
            client.create_session()


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, b"<h1>Welcome</h1>"),
        (200, b'["valid"]'),
        (200, b'{"valid": false}'),
        (200, b'{"ok": true}'),
        (200, b"\xff\xfe{"),
        (302, b""),
        (404, b"nothing here"),
    ],
)
def test_what_framegate_would_not_say_is_no_redeem(
    connect: Connect, kind: str, status: int, content: bytes
) -> None:
    headers = {"Location": "http://elsewhere.example"}
    http = answering(kind, lambda _: httpx.Response(status, headers=headers, content=content))
    client = connect("http://framegate.example", "fgk_any", http_client=http)

    with pytest.raises(Unavailable, match=r"framegate\.example answered .* not as framegate does"):
        client.redeem("fgs_0")


def answering(
    kind: str, answer: Callable[[httpx.Request], httpx.Response]
) -> httpx.Client | httpx.AsyncClient:
    """Make a client of httpx's that is answered so."""
    made = httpx.Client if kind == "sync" else httpx.AsyncClient
    return made(transport=httpx.MockTransport(answer))
