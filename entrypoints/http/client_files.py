"""``GET /client/...``: what the protected page loads, for who holds a grant."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from tornado.routing import URLSpec
from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from entrypoints.http.answer import Answer
from entrypoints.http.asked_of_proxy import asks_for_page
from entrypoints.http.base import BaseHandler
from entrypoints.http.content_security import frame_ancestors_and_self
from entrypoints.http.cors import cors_lines, preflight
from entrypoints.http.departure import give_up_if_unread, see_off
from entrypoints.http.ended import told_to_holder
from entrypoints.http.entering import Entrance
from entrypoints.http.face import Face
from entrypoints.http.head import date_now
from entrypoints.http.named_grant import named, named_in_query, with_name
from entrypoints.http.openapi.operation import (
    HTML,
    JSON,
    LEADS_ON,
    UNCHANGED,
    Operation,
    Told,
    Who,
    offers,
)
from entrypoints.http.openapi.schema import Schema, text
from entrypoints.http.openapi.shared import SETS_GRANT
from entrypoints.http.presented_id import FIELD
from entrypoints.http.problems import Problem

_ANY_FILE: Mapping[str, Schema] = {"*/*": {}}
FILE = Operation(
    name="client_file",
    group="browsers",
    who=Who.GRANT,
    path={"path": text("client_path")},
    answers={
        200: Told(said="file", content=_ANY_FILE, headers=SETS_GRANT),
        206: Told(said="part", content=_ANY_FILE, headers=SETS_GRANT),
        302: LEADS_ON,
        304: UNCHANGED,
        416: Told(said="no_such_part", content={}),
    },
    raises=("session_invalid", "grant_ended", "not_found", "rate_limited", "store_unavailable"),
    tells_in=(JSON, HTML),
)


class ClientFileHandler(BaseHandler, StaticFileHandler):
    """Serves the files beside the protected page, but none that is hidden.

    Tornado finds, dates and sends them, whole or in part. Who holds no grant does not learn
    which there are.
    """

    operations = offers(GET=FILE)

    def initialize(self, face: Face, entrance: Entrance, root: Path) -> None:  # type: ignore[override] # Tornado has each handler choose
        self.take_face(face)
        StaticFileHandler.initialize(self, str(root))
        self._entrance = entrance

    async def get(self, path: str, include_body: bool = True) -> None:
        headers, query = self.request.headers, self.incoming.query
        fingerprint, lacks_it = named(headers, query)
        client = self._entrance.client_of_held(self.incoming, fingerprint) if lacks_it else None
        if fingerprint and client:
            page = self.request.path.rpartition("/")[2]
            location = with_name(page, self.request.query, fingerprint)
            self.send(self.face.pages.lead_to(location, frame_ancestors_and_self(client)))
            return
        self._entered = await self.in_time(self._entrance.by_grant(self.incoming, fingerprint))
        # Who names his grant in an address without an id may tell framegate of it.
        self._tells_itself = named_in_query(query) is not None and FIELD not in query
        if "\0" in path or any(not part or part.startswith(".") for part in path.split("/")):
            raise HTTPError(404)
        try:
            await StaticFileHandler.get(self, path, include_body)
        except HTTPError as error:
            raise HTTPError(404) from error  # a folder, or a link that leads out, is not there
        closes = self.face.drain.started
        self.measure(self.get_status())
        see_off(self.finish(), self._connection, self.face, closes=closes)

    def refusal(self, problem: Problem) -> Answer:
        headers, clients = self.request.headers, self._entrance.redeem.directory.clients()
        if not asks_for_page(headers):
            return super().refusal(problem).plus(*cors_lines(headers, *clients))
        # A page of the protected one's own: that, too, is read inside the parent's.
        framing = frame_ancestors_and_self(self._entrance.client_of_held(self.incoming))
        problem = told_to_holder(problem, holds=self._entrance.holds_any(self.incoming))
        return self.face.pages.show_problem(problem, self.locale, framing, framed=True)

    def options(self, path: str) -> None:
        del path
        clients = self._entrance.redeem.directory.clients()
        self.send(preflight(self.face.answers, self.request.headers, clients))

    def compute_etag(self) -> str:
        """Tell one version of a file from another, also within a second or when it is older."""
        found = Path(str(self.absolute_path)).stat()
        return f'"{found.st_mtime_ns:x}-{found.st_size:x}"'

    set_etag_header = RequestHandler.set_etag_header
    check_etag_header = RequestHandler.check_etag_header

    def should_return_304(self) -> bool:
        """Judge by the version alone: a file may be replaced by an older one."""
        headers, version = self.request.headers, self.compute_etag()
        if headers.get("If-Range", version) != version:
            headers.pop("Range", None)  # RFC 9110, section 14.2: what is asked for is gone
        return "If-None-Match" in headers and self.check_etag_header()

    def set_extra_headers(self, path: str) -> None:
        del path
        more = {
            **self.face.answers.common,
            "Cache-Control": "private, no-cache",
            "Content-Security-Policy": frame_ancestors_and_self(self._entered.client),
            "Date": date_now(),
        }
        if self._tells_itself:
            more["Referrer-Policy"] = "same-origin"
        for name in ("Content-Type", "X-Frame-Options"):  # it has its own; the policy says better
            del more[name]
        for name, value in more.items():
            self.set_header(name, value)
        cors = cors_lines(self.request.headers, self._entered.client)
        for name, value in (*self._entered.cookies, *cors):
            self.add_header(name, value)
        if self.face.drain.started:
            self.set_header("Connection", "close")

    def flush(self, include_footers: bool = False) -> "asyncio.Future[None]":
        written = super().flush(include_footers)
        # To be slow to read is no work of ours, and who does not read at all is given up.
        self.face.admission.end(self._connection)
        give_up_if_unread(written, self._connection)
        return written


def routes(face: Face, entrance: Entrance) -> list[URLSpec]:
    """Return the routes of this module: none where there is no folder to serve."""
    root = face.iframe_page.root
    if root is None:
        return []
    arguments = {"face": face, "entrance": entrance, "root": root}
    return [URLSpec(r"/client/(?P<path>.+)", ClientFileHandler, arguments)]
