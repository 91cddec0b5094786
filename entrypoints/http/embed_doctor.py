"""``/auth-demo/doctor``, in demo mode only: what a browser allows in frames.

The page opens itself inside frames and tells there which way framegate takes.
"""

from collections.abc import Mapping

import orjson
from tornado.routing import URLSpec

from application.ports import ClientDirectory
from domain.client import Client
from entrypoints.http.base import BaseHandler
from entrypoints.http.content_security import frame_ancestors_and_self
from entrypoints.http.embedding import embedding_origin, origin_of
from entrypoints.http.face import Face
from entrypoints.http.head import Line
from entrypoints.http.openapi.operation import HTML, Operation, Who, offers, page, told
from entrypoints.http.openapi.schema import Schema, fields, listed, nullable, text

PATH = "/auth-demo/doctor"

_TOLD = (
    *("Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Dest", "Sec-Fetch-Mode"),
    "Sec-Fetch-Storage-Access",
)
# The last is made like the cookie of a grant, and is none: see grant_cookie.py.
_COOKIES = {
    "plain": ("framegate-doctor-plain", ""),
    "partitioned": ("framegate-doctor-partitioned", "; Partitioned"),
    "host": ("__Host-framegate-doctor", "; Partitioned"),
}
_ATTRIBUTES = "Max-Age=60; Path=/; Secure; HttpOnly; SameSite=None"
_SETS: tuple[Line, ...] = tuple(
    ("Set-Cookie", f"{name}=1; {_ATTRIBUTES}{more}") for name, more in _COOKIES.values()
)
_COEP = (b"require-corp", b"credentialless")

_TOLD_OF: Schema = {
    **fields({name: nullable({"type": "string"}) for name in _TOLD}),
    "description": "api.field.doctor_told",
}
EXAMINE = Operation(
    name="embed_doctor",
    group="demo",
    who=Who.ANYONE,
    query={"coep": text("coep")},
    answers={200: page()},
    tells_in=(HTML,),
)
REQUEST = Operation(
    name="embed_doctor_request",
    group="demo",
    who=Who.ANYONE,
    answers={
        200: told(
            fields(
                {"cookies": listed("doctor_cookies", {"enum": list(_COOKIES)}), "told": _TOLD_OF}
            )
        )
    },
)


def _told(headers: Mapping[str, str]) -> dict[str, str | None]:
    """Return what a request says of where it comes from; of addresses, the origin only."""
    told = {name: headers.get(name) for name in _TOLD}
    return told | {"Referer": origin_of(headers["Referer"]) if told["Referer"] else None}


class EmbedDoctorHandler(BaseHandler):
    """Shows the page, to be opened on its own and inside frames of the demo's one client.

    ``?coep=`` has it ask of its frames what a parent asks that is isolated from other origins
    (HTML Standard, cross-origin embedder policies).
    """

    operations = offers(GET=EXAMINE)
    is_page = True

    def initialize(self, face: Face, client: Client) -> None:
        self.take_face(face)
        self._client = client

    def get(self) -> None:
        headers = self.request.headers
        shown = self.face.pages.show(
            "embed_doctor.html",
            self.locale,
            frame_ancestors_and_self(self._client),
            framed=True,
            scripts=["embed-doctor.js"],
            framed_origins=self._client.origins,
            told=orjson.dumps(_told(headers)).decode(),
            embedder=embedding_origin(headers, self.face.public_url) or "",
        )
        asked = self.request.query_arguments.get("coep", [b""])[0]
        isolating = [("Cross-Origin-Embedder-Policy", asked.decode())] if asked in _COEP else []
        self.send(shown.plus(*isolating))

    head = get


class EmbedRequestHandler(BaseHandler):
    """Tells a script of that page what its request brought along; a POST sets cookies to bring."""

    operations = offers(GET=REQUEST, POST=REQUEST)

    def get(self) -> None:
        self._tell()

    head = get

    def post(self) -> None:
        self._tell(*_SETS)

    def _tell(self, *lines: Line) -> None:
        came = [kind for kind, (name, _) in _COOKIES.items() if name in self.cookies]
        self.answer({"cookies": came, "told": _told(self.request.headers)}, 200, *lines)


def routes(face: Face, directory: ClientDirectory) -> list[URLSpec]:
    """Return the routes of this module: none outside demo mode."""
    if not face.demo:
        return []
    (client,) = directory.clients()
    return [
        URLSpec(PATH, EmbedDoctorHandler, {"face": face, "client": client}),
        URLSpec(f"{PATH}/request", EmbedRequestHandler, {"face": face}),
    ]
