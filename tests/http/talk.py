"""Asking the server: through Tornado's client, and byte by byte where that is too polite."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlencode

from attrs import define, frozen
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders, parse_response_start_line

from tests.http.documented import Documented

CREATE = "/auth/create-session"
CREATE_MANY = "/auth/create-sessions"
VALIDATE = "/auth/validate-session"
STATUS = "/auth/session-status"
CLEANUP = "/auth/cleanup-sessions"
HEALTH = "/auth/redis-health"
SESSIONS = "/auth/sessions"
USAGE = "/auth/usage"
IFRAME = "/client/iframe.html"
ENTER = "/client/enter"
GRANT = "/client/grant"
DEMO = "/auth-demo"
DOCTOR = "/auth-demo/doctor"
LIVEZ = "/livez"
READYZ = "/readyz"

JSON = "application/json"
PATIENCE_SECONDS = 50.0
"""Only to end a test that waits in vain: a busy machine stops processes for seconds."""


def fields(response: HTTPResponse) -> dict[str, Any]:
    """Read a JSON answer, which has to say that it is one."""
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    value = json.loads(response.body)
    assert isinstance(value, dict)
    return value


def code_of(response: HTTPResponse) -> str:
    """Read the code of a failure, which has a text for people and nothing more beside it."""
    failure = fields(response)
    assert failure.keys() - {"reason"} == {"detail", "code"}
    assert isinstance(failure["detail"], str)
    assert failure["detail"].strip()
    return str(failure["code"])


def without_date(headers: HTTPHeaders) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in headers.get_all() if name != "Date")


def at(path: str, session_id: str) -> str:
    return f"{path}?{urlencode({'session_id': session_id})}"


@frozen
class Api:
    """A caller of one server."""

    client: AsyncHTTPClient
    base_url: str
    documented: Documented

    async def send(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
    ) -> HTTPResponse:
        sent = HTTPHeaders(headers or {})
        if key is not None:
            sent["Authorization"] = f"Bearer {key}"
        request = HTTPRequest(
            self.base_url + path,
            method=method,
            headers=sent,
            body=body,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            decompress_response=False,
            request_timeout=PATIENCE_SECONDS,
        )
        response = await self.client.fetch(request, raise_error=False)
        self.documented.hold(method, path, response)
        return response

    async def post_json(
        self, path: str, body: object, *, key: str | None = None, language: str | None = None
    ) -> HTTPResponse:
        text = body if isinstance(body, bytes | str) else json.dumps(body)
        headers = {"Content-Type": JSON}
        if language is not None:
            headers["Accept-Language"] = language
        return await self.send("POST", path, key=key, headers=headers, body=text)

    async def create(self, key: str | None, **wishes: object) -> str:
        """Create a session and return its id."""
        response = await self.post_json(CREATE, wishes, key=key)
        assert response.code == 200, response.body
        return str(fields(response)["session_id"])

    async def redeem(self, session_id: str, *, key: str | None = None) -> HTTPResponse:
        return await self.send("GET", at(VALIDATE, session_id), key=key)

    async def open_iframe(self, session_id: str, **headers: str) -> HTTPResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.send("GET", at(IFRAME, session_id), headers=sent)


@frozen
class Answer:
    """What came back over a wire."""

    status: int
    headers: HTTPHeaders
    body: bytes

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["code"])


@define
class Wire:
    """One TCP connection, on which a test says exactly what it likes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.writer.drain()

    async def answer(self) -> Answer:
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, _, lines = head.partition("\r\n")
            headers = HTTPHeaders.parse(lines)
            body = await self.reader.readexactly(int(headers.get("Content-Length", "0")))
        return Answer(parse_response_start_line(first).code, headers, body)

    async def ask(self, data: bytes) -> Answer:
        await self.send(data)
        return await self.answer()

    async def rest(self, seconds: float = PATIENCE_SECONDS) -> bytes:
        """Read until the server closes the connection."""
        async with asyncio.timeout(seconds):
            return await self.reader.read()


async def until(condition: Callable[[], bool]) -> None:
    """Give way to the server until something has become true that nothing tells."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 there is no event to wait for
            await asyncio.sleep(0)


async def until_it_stays(value: Any) -> None:
    """Wait until it has not changed for many turns of the loop, and is not nothing."""
    seen, turns = value(), 0

    def lasts() -> bool:
        nonlocal seen, turns
        turns = turns + 1 if value() == seen else 0
        seen = value()
        return bool(seen) and turns > 500

    await until(lasts)


@asynccontextmanager
async def wire(port: int, tls: ssl.SSLContext | None = None) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):  # the rest of an answer may be on its way
            await writer.wait_closed()


@asynccontextmanager
async def knock(port: int, data: bytes) -> AsyncIterator[Wire]:
    """Open a connection whose request is there before the server has taken it up."""
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(data)
    reader, writer = await asyncio.open_connection(sock=line)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def request_bytes(method: str, target: str | bytes, *headers: str, body: bytes = b"") -> bytes:
    """Write a request down. No header but Host stands in it that was not given."""
    raw_target = target.encode() if isinstance(target, str) else target
    head = [method.encode() + b" " + raw_target + b" HTTP/1.1", b"Host: localhost"]
    head += [header.encode("latin-1") for header in headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def chunked(body: bytes, size: int = 8192) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
