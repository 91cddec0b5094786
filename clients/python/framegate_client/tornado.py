"""The gate of a Tornado application."""

from collections.abc import Awaitable
from inspect import isawaitable
from typing import Any

import httpx
from tornado.web import Finish, RequestHandler

from framegate_client.asked import Asked, by_name, is_claim
from framegate_client.asking import AsyncAsking
from framegate_client.server import TIMEOUT_SECONDS
from framegate_client.verdict import Passed, TurnedAway
from framegate_client.visitor import Visitor

SETTING = "framegate"


class Gate(AsyncAsking):
    """framegate at an address, for ``Application(…, framegate=Gate("http://127.0.0.1:8000"))``.

    ``http_client`` as for ``framegate_client.AsyncClient``. ``await gate.aclose()`` closes its
    connections; a server that ends does so anyway.
    """

    def __init__(
        self,
        framegate: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        super().__init__(framegate, timeout_seconds, http_client)


class GatedHandler(RequestHandler):
    """Serves whom framegate lets in, who is ``self.visitor``.

    Who is not let in gets framegate's own answer, 401 or 403; without framegate everybody gets
    503. It stands first among the bases (``class Live(GatedHandler, WebSocketHandler)``), and a
    ``prepare`` of one's own begins with ``await super().prepare()``, which ends the request of
    who is not let in.
    """

    visitor: Visitor
    _passed: Passed | None = None

    async def prepare(self) -> None:
        """Ask framegate, before anything else of the request is looked at."""
        request = self.request
        lines = list(request.headers.get_all())
        for name in [name for name in request.headers if is_claim(name)]:
            del request.headers[name]
        path, _, query = (request.uri or "").partition("?")
        self.require_setting(SETTING, "a GatedHandler")
        gate: Gate = self.settings[SETTING]
        verdict = await gate(
            Asked(
                method=request.method or "",
                path=path.encode("latin-1", "replace"),
                query=query.encode("latin-1", "replace"),
                headers=by_name(lines),
                peer=request.remote_ip,
                scheme=request.protocol,
            )
        )
        if isinstance(verdict, TurnedAway):
            self._turn_away(verdict)
            raise Finish
        self.visitor, self._passed = verdict.visitor, verdict
        prepared: Awaitable[None] | None = super().prepare()
        if isawaitable(prepared):
            await prepared

    def flush(self, include_footers: bool = False) -> Any:
        """Put in what the browser is to have besides, also with an error's answer."""
        passed, self._passed = self._passed, None
        if passed is not None:
            marked = passed.mark(list(self._headers.get_all()))
            self._headers.clear()
            for name, value in marked:
                self._headers.add(name, value)
        return super().flush(include_footers)

    def _turn_away(self, away: TurnedAway) -> None:
        self.clear()
        self.set_status(away.status)
        for name in ("Content-Type", "Server"):
            self.clear_header(name)
        for name, value in away.lines:
            self.add_header(name, value)
        self.finish(away.body)
