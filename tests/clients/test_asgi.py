"""What the ASGI gate does beside what a browser sees."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from framegate_client.asgi import App, Gate, Message, Receive, Scope, Send
from tests.clients.test_asking import WHO

REFUSED = httpx.Response(401, json={"code": "session_invalid"})


def gate(app: App, answer: Callable[[], httpx.Response]) -> tuple[Gate, httpx.AsyncClient]:
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer()))
    return Gate(app, "http://framegate.example", http_client=http), http


def request(**parts: Any) -> Scope:
    plain: Scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "client": None}
    return {**plain, **parts}


def serve(gate: Gate, scope: Scope, *received: Message, sent: list[Message]) -> None:
    left = list(received)

    async def receive() -> Message:
        return left.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(gate(scope, receive, send))


def served(gate: Gate, scope: Scope, *received: Message) -> list[Message]:
    sent: list[Message] = []
    serve(gate, scope, *received, sent=sent)
    return sent


async def failing(*_: object) -> None:
    raise RuntimeError("the application's own")


async def serving(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204})


async def living(_: Scope, receive: Receive, send: Send) -> None:
    for step in ("startup", "shutdown"):
        assert (await receive())["type"] == f"lifespan.{step}"
        await send({"type": f"lifespan.{step}.complete"})


@pytest.mark.parametrize(("method", "has_body"), [("GET", True), ("HEAD", False)])
def test_a_refusal_has_a_length_and_by_head_no_body(method: str, has_body: bool) -> None:
    refusing, _ = gate(serving, lambda: httpx.Response(401, json={"code": "session_invalid"}))

    start, body = served(refusing, request(method=method))

    assert start["status"] == 401
    assert (b"content-length", b"26") in start["headers"]
    assert bool(body["body"]) is has_body


@pytest.mark.parametrize(("cookies", "answered"), [({"Set-Cookie": "a=1"}, True), ({}, False)])
def test_an_application_that_fails_is_answered_for_only_where_a_grant_would_be_lost(
    cookies: dict[str, str], *, answered: bool
) -> None:
    sent: list[Message] = []
    passing, _ = gate(failing, lambda: httpx.Response(200, headers=WHO | cookies))

    with pytest.raises(RuntimeError, match="the application's own"):
        serve(passing, request(), sent=sent)

    assert [one["type"] for one in sent] == (
        ["http.response.start", "http.response.body"] if answered else []
    )
    for start in sent[:1]:
        assert start["status"] == 500
        assert (b"set-cookie", b"a=1") in start["headers"]


def test_the_life_of_the_application_passes_ungated() -> None:
    refusing, _ = gate(living, lambda: REFUSED)
    steps = ({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})

    sent = served(refusing, {"type": "lifespan"}, *steps)

    assert [one["type"] for one in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


def test_a_gates_connections_end_with_the_application_and_those_it_was_given_do_not() -> None:
    given, http = gate(living, lambda: REFUSED)
    own = Gate(living, "http://framegate.example")
    steps = ({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})

    for one in (given, own):
        served(one, {"type": "lifespan"}, *steps)

    assert not http.is_closed
    assert own._ask._http.is_closed


def test_a_websocket_that_is_refused_is_closed_before_it_is_accepted() -> None:
    refusing, _ = gate(serving, lambda: httpx.Response(401))

    sent = served(refusing, request(type="websocket"), {"type": "websocket.connect"})

    assert sent == [{"type": "websocket.close"}]
