"""``GET /openapi.json``, and ``GET /openapi``, the same for people."""

import hashlib
from typing import Any

import orjson
from attrs import define, field
from tornado.locale import Locale
from tornado.routing import URLSpec
from tornado.web import Application, RequestHandler

from entrypoints.http.answer import VARIES, Answer
from entrypoints.http.base import BaseHandler
from entrypoints.http.content_security import frame_ancestors
from entrypoints.http.face import Face
from entrypoints.http.head import Head
from entrypoints.http.openapi.addresses import addresses_of
from entrypoints.http.openapi.codes import EVERYWHERE, KNOWN
from entrypoints.http.openapi.document import document
from entrypoints.http.openapi.errors import error_rows
from entrypoints.http.openapi.operation import (
    HTML,
    UNCHANGED,
    Operation,
    Who,
    offers,
    page,
    told,
)
from entrypoints.http.openapi.reading import groups_of
from entrypoints.http.openapi.rows import Words
from entrypoints.http.openapi.schema import text

TEMPLATE = "openapi.html"

GET_DOCUMENT = Operation(
    name="openapi_document",
    group="documents",
    who=Who.ANYONE,
    headers={"If-None-Match": text("if_none_match")},
    answers={200: told({"type": "object"}, {"ETag": text("etag")}), 304: UNCHANGED},
)
SHOW = Operation(
    name="openapi_page", group="documents", who=Who.ANYONE, answers={200: page()}, tells_in=(HTML,)
)


@define
class Written:
    """What is answered, made when it is first asked for: a server's routes do not change."""

    _face: Face
    _documents: dict[str, dict[str, Any]] = field(init=False, factory=dict)
    _encoded: dict[str, Answer] = field(init=False, factory=dict)
    _pages: dict[str, Answer] = field(init=False, factory=dict)

    def encoded(self, application: Application, language: Locale) -> Answer:
        """Return the document, which anybody may read, scripts of other sites as well."""
        if language.code not in self._encoded:
            lines = {
                **self._face.answers.common,
                "Cache-Control": "public, no-cache",
                "Access-Control-Allow-Origin": "*",
                "Cross-Origin-Resource-Policy": "cross-origin",
            }
            content = orjson.dumps(self._document(application, language))
            head = Head.of(lines.items()).plus(VARIES)
            self._encoded[language.code] = Answer(200, head, content)
        return self._encoded[language.code]

    def shown(self, application: Application, language: Locale) -> Answer:
        """Return the page."""
        if language.code not in self._pages:
            written = self._document(application, language)
            self._pages[language.code] = self._face.pages.show(
                TEMPLATE,
                language,
                frame_ancestors(None),
                groups=groups_of(written),
                errors=error_rows(language),
                codes=KNOWN,
                everywhere=Words.of(" ".join(f"`{code}`" for code in EVERYWHERE)),
                version=written["info"]["version"],
            )
        return self._pages[language.code]

    def _document(self, application: Application, language: Locale) -> dict[str, Any]:
        if language.code not in self._documents:
            face = self._face
            self._documents[language.code] = document(
                addresses_of(application), language, face.public_url, demo=face.demo
            )
        return self._documents[language.code]


class DocumentHandler(BaseHandler):
    """Serves the document."""

    operations = offers(GET=GET_DOCUMENT)
    set_etag_header = RequestHandler.set_etag_header
    check_etag_header = RequestHandler.check_etag_header

    def initialize(self, face: Face, written: Written) -> None:
        self.take_face(face)
        self._written = written

    def get(self) -> None:
        self._answer = self._written.encoded(self.application, self.locale)
        self.send(self._answer)

    head = get

    def compute_etag(self) -> str:
        return f'"{hashlib.sha256(self._answer.body).hexdigest()[:12]}"'


class DocumentPageHandler(BaseHandler):
    """Shows it to people."""

    operations = offers(GET=SHOW)
    is_page = True

    def initialize(self, face: Face, written: Written) -> None:
        self.take_face(face)
        self._written = written

    def get(self) -> None:
        self.send(self._written.shown(self.application, self.locale))

    head = get


def routes(face: Face) -> list[URLSpec]:
    """Return the routes of this module."""
    use = {"face": face, "written": Written(face)}
    return [
        URLSpec(r"/openapi\.json", DocumentHandler, use),
        URLSpec(r"/openapi", DocumentPageHandler, use),
    ]
