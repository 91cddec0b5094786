"""The dashboard as a browser meets it: signing in, and a stream to read."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from attrs import frozen
from tornado.httpclient import HTTPResponse
from tornado.routing import URLSpec
from tornado.web import Application

from entrypoints.http.dashboard.desk import Desk
from tests.http.house import ADMIN_KEY
from tests.http.talk import PATIENCE_SECONDS, Answer, Api, Wire, request_bytes, wire

DASHBOARD = "/dashboard"
EVENTS = f"{DASHBOARD}/events"
SIGN_IN = f"{DASHBOARD}/sign-in"
SIGN_OUT = f"{DASHBOARD}/sign-out"
REVOKE = f"{DASHBOARD}/revoke"
CLEAN_UP = f"{DASHBOARD}/clean-up"
FORM = "application/x-www-form-urlencoded"


def desk_of(app: Application) -> Desk:
    rules = [rule for rule in app.wildcard_router.rules if isinstance(rule, URLSpec)]
    desk = next(used["desk"] for rule in rules if "desk" in (used := rule.kwargs or {}))
    assert isinstance(desk, Desk)
    return desk


async def post(
    api: Api, path: str, cookie: str = "", *, origin: str | None = None, **sent: str
) -> HTTPResponse:
    """Send a form as the dashboard's own page does, or as ``origin`` does."""
    headers = {"Origin": api.base_url if origin is None else origin, "Content-Type": FORM}
    if cookie:
        headers["Cookie"] = cookie
    return await api.send("POST", path, headers=headers, body=urlencode(sent))


async def sign_in(api: Api, key: str = ADMIN_KEY) -> str:
    """Sign in, and return the cookie as a browser sends it."""
    response = await post(api, SIGN_IN, key=key)
    assert response.code == 303
    return str(response.headers["Set-Cookie"].partition(";")[0])


@frozen
class Stream:
    """A stream that has begun."""

    head: Answer
    line: Wire

    async def message(self) -> tuple[str, Any]:
        """Read the next: its kind, and what it says."""
        raw = (await self.line.reader.readuntil(b"\n\n")).decode()
        fields = dict(re.findall(r"^(\w+): (.*)$", raw, re.MULTILINE))
        if "data" not in fields:
            return await self.message()
        return fields.get("event", "message"), json.loads(fields["data"])

    async def frame(self) -> Any:
        kind, frame = await self.message()
        assert kind == "message"
        return frame

    async def end(self) -> bytes:
        return await self.line.rest(PATIENCE_SECONDS)


@asynccontextmanager
async def watching(port: int, cookie: str = "") -> AsyncIterator[Stream]:
    async with wire(port) as line:
        head = await line.ask(request_bytes("GET", EVENTS, *([f"Cookie: {cookie}"] * bool(cookie))))
        yield Stream(head, line)
