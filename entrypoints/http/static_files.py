"""``GET /static/...``: scripts and styles."""

from tornado.routing import URLSpec
from tornado.web import HTTPError

from entrypoints.http.answer import Answer
from entrypoints.http.base import BaseHandler
from entrypoints.http.face import Face
from entrypoints.http.head import Head, Line
from entrypoints.http.openapi.operation import Operation, Told, Who, offers
from entrypoints.http.openapi.schema import text

A_YEAR = 365 * 24 * 3600

FILE = Operation(
    name="static_file",
    group="documents",
    who=Who.ANYONE,
    path={"name": text("static_name", pattern="^[a-z0-9.-]+$")},
    query={"v": text("version")},
    answers={200: Told(said="file", content={"*/*": {}})},
    raises=("not_found",),
)


class StaticFileHandler(BaseHandler):
    """Serves what ``Assets`` holds, and nothing from the disk."""

    operations = offers(GET=FILE)

    more: tuple[Line, ...] = ()
    """Header lines that all of them have."""

    def get(self, name: str) -> None:
        asset = self.face.assets.by_name.get(name)
        if asset is None:
            raise HTTPError(404)
        versioned = self.request.query_arguments.get("v") == [asset.version.encode()]
        lifetime = f"max-age={A_YEAR}, immutable" if versioned else "no-cache"
        lines = {
            **self.face.answers.common,
            "Cache-Control": f"public, {lifetime}",
            "Content-Type": asset.media_type,
            # A page in a sandboxed frame has no origin of its own, and needs its style and scripts:
            # these are fetched with CORS, and so is whatever is held to its hash.
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            **dict(self.more),
        }
        self.send(Answer(200, Head.of(lines.items()), asset.content))

    head = get


def routes(face: Face) -> list[URLSpec]:
    """Return the routes of this module."""
    return [URLSpec(r"/static/(?P<name>[a-z0-9.-]+)", StaticFileHandler, {"face": face})]
