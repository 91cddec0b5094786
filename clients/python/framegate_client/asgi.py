"""The gate of an ASGI application, such as Starlette's, FastAPI's or Django's."""

from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from typing import Any

import httpx

from framegate_client.asked import Asked, Line, by_name, is_claim
from framegate_client.asking import AsyncAsking, open_paths_of
from framegate_client.server import TIMEOUT_SECONDS
from framegate_client.verdict import Passed, TurnedAway
from framegate_client.visitor import VISITOR

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_HEADS = {"http.response.start", "websocket.accept"}


class Gate:
    """Lets through to ``app`` whom framegate, at the address ``framegate``, lets in.

    Who it is stands in the scope: ``framegate_client.visitor(scope)``. Who is not let in gets
    framegate's own answer, 401 or 403, and a WebSocket 403; without framegate everybody gets 503.
    ``open_paths`` are left open: whole paths, compared as they are. ``http_client`` as
    for ``framegate_client.AsyncClient``.
    """

    def __init__(
        self,
        app: App,
        framegate: str,
        *,
        open_paths: Collection[str] = (),
        timeout_seconds: float = TIMEOUT_SECONDS,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        self._app = app
        self._open_paths = open_paths_of(open_paths)
        self._ask = AsyncAsking(framegate, timeout_seconds, http_client)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, self._until_shutdown(send))
            return
        lines = _decoded(scope["headers"])
        unclaimed = [line for line in lines if not is_claim(line[0])]
        scope = {**scope, "headers": _encoded(unclaimed)}
        if scope["path"] in self._open_paths:
            await self._app(scope, receive, send)
            return
        verdict = await self._ask(_asked(scope, lines))
        if isinstance(verdict, TurnedAway):
            await _turn_away(verdict, scope, receive, send)
            return
        answer = _Answer(send, verdict)
        try:
            await self._app({**scope, VISITOR: verdict.visitor}, receive, answer.send)
        except Exception:
            # The session is used up: who tries a page again that failed needs its grant.
            if verdict.cookies and not answer.has_begun and scope["type"] == "http":
                await answer.fail()
            raise

    def _until_shutdown(self, send: Send) -> Send:
        async def passing_on(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                await self._ask.aclose()
            await send(message)

        return passing_on


def _asked(scope: Scope, lines: list[Line]) -> Asked:
    path = scope.get("raw_path") or scope["path"].encode()
    return Asked(
        method=scope.get("method", "GET"),  # of a WebSocket's handshake
        path=path.partition(b"?")[0],  # some servers leave the query in it
        query=scope.get("query_string", b""),
        headers=by_name(lines),
        peer=scope["client"][0] if scope.get("client") else None,
        scheme=scope.get("scheme", "http"),
    )


class _Answer:
    """The application's answer, with what the browser is to have besides."""

    def __init__(self, send: Send, passed: Passed) -> None:
        self._send = send
        self._passed = passed
        self.has_begun = False

    async def send(self, message: Message) -> None:
        if message["type"] in _HEADS:
            self.has_begun = True
            lines = _decoded(message.get("headers", ()))
            message = {**message, "headers": _encoded(self._passed.mark(lines))}
        await self._send(message)

    async def fail(self) -> None:
        """Answer in the stead of an application that has not."""
        await self.send({"type": "http.response.start", "status": 500})
        await self.send({"type": "http.response.body", "body": b"Internal Server Error"})


async def _turn_away(away: TurnedAway, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close"})  # before it is accepted: the server answers 403
        return
    length = ("Content-Length", str(len(away.body)))
    head = {"status": away.status, "headers": _encoded([*away.lines, length])}
    await send({"type": "http.response.start", **head})
    body = b"" if scope["method"] == "HEAD" else away.body
    await send({"type": "http.response.body", "body": body})


def _encoded(lines: list[Line]) -> list[tuple[bytes, bytes]]:
    # ASGI has names in lower case.
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in lines]


def _decoded(lines: Iterable[tuple[bytes, bytes]]) -> list[Line]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in lines]
