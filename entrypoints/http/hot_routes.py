"""The short way of the requests that there are most of: no handler is built for them.

Whatever is out of the ordinary about a request (its size, its form, its headers) is for
Tornado's way to judge, which stands open beside this one. What both decide, and how it looks,
is the route's own, so that the two cannot differ. See docs/adr/0011.
"""

import asyncio
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from attrs import define
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
)

from application.ports import StoreUnavailable
from entrypoints.http.answer import Answer
from entrypoints.http.departure import lose, see_off
from entrypoints.http.drain import Takes
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.patience import Patience
from entrypoints.http.plain_fields import plain_fields_of
from entrypoints.http.problems import problem_of
from entrypoints.http.request_size import MOST_TARGET_BYTES, Body
from entrypoints.http.route import Route
from entrypoints.http.trouble import report
from entrypoints.http.whole_answer import write_whole

_PLAIN_QUERY = re.compile(r"(\w+)=([\w-]*)", re.ASCII)  # nothing in it to decode


class HotRoutes:
    """The routes that are served so, by method and path."""

    def __init__(self, face: Face, routes: Mapping[str, Route]) -> None:
        self._face = face
        takes = face.takes
        self._routes = {
            (method, path): (route, None if takes is None else takes[type(route)])
            for path, route in routes.items()
            for method in route.operations
        }

    @cached_property
    def _patience(self) -> Patience:
        return Patience(self._face.request_seconds)

    def take(
        self, asked: RequestStartLine, headers: HTTPHeaders, connection: Any
    ) -> "HotRequest | None":
        """Take a request on, unless it is out of the ordinary."""
        method, target, version = asked
        path, _, query = target.partition("?")
        found = self._routes.get((method, path))
        if found is None or version != "HTTP/1.1" or len(target) > MOST_TARGET_BYTES:
            return None
        fields = plain_fields_of(headers)
        if fields is None:
            return None
        asked_for = {}
        if query:
            plain = _PLAIN_QUERY.fullmatch(query)
            if plain is None:
                return None
            asked_for[plain[1]] = [plain[2].encode()]
        face = self._face
        if not face.admission.admits(connection):
            return None
        peer = connection.context.remote_ip or ""
        remote = face.proxies.remote_address(peer, fields)
        incoming = Incoming(fields, asked_for, remote, face.locale, Body(), peer)
        request = HotRequest(face, *found, incoming, method, connection, self._patience)
        connection.set_close_callback(request.on_connection_close)
        return request


@define(eq=False)
class HotRequest(HTTPMessageDelegate):
    """One request on the short way."""

    _face: Face
    _route: Route
    _takes: Takes | None
    _incoming: Incoming
    _method: str
    _connection: Any  # Tornado's type leaves out what each connection has
    _patience: Patience

    def data_received(self, chunk: bytes) -> None:
        self._incoming.body.receive(chunk)

    def finish(self) -> None:
        self._patience.run(self._serve())

    def on_connection_close(self) -> None:
        lose(self._connection, self._face)

    async def _serve(self) -> None:
        connection, face = self._connection, self._face
        try:
            try:
                answer = await self._route.respond(self._incoming)
            except asyncio.CancelledError:
                answer = self._refusal(StoreUnavailable("the request took too long"))
            except Exception as error:  # noqa: BLE001 whatever it is, the caller gets an answer
                answer = self._refusal(error)
            connection.set_close_callback(None)
            closes = answer.closes or face.drain.started
            written = write_whole(connection, answer, self._incoming, closes=closes)
            if self._takes is not None:
                face.drain.measure(connection, self._takes, answer.status)
            see_off(written, connection, face, closes=closes)
        except Exception as error:  # noqa: BLE001 what is left is to hang up, and to say so here
            self._report(error)
            lose(connection, face)
            connection.close()

    def _refusal(self, error: Exception) -> Answer:
        self._report(error)
        return self._route.refuse(problem_of(error), self._incoming)

    def _report(self, error: Exception) -> None:
        report(error, self._face, method=self._method, route=type(self._route).__name__)
