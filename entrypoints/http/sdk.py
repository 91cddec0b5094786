"""``GET /sdk/...``: the script for the pages that embed iframes."""

from tornado.routing import URLSpec
from tornado.web import HTTPError

from entrypoints.http.answer import Answer
from entrypoints.http.base import BaseHandler
from entrypoints.http.content_security import frame_ancestors
from entrypoints.http.face import Face
from entrypoints.http.head import Head
from entrypoints.http.static_files import A_YEAR

SCRIPT, TYPES = "framegate.js", "framegate.d.ts"
_MEDIA_TYPES = {SCRIPT: "text/javascript; charset=utf-8", TYPES: "text/plain; charset=utf-8"}


class SdkHandler(BaseHandler):
    """Serves the script and its types to everybody: modules are fetched with CORS."""

    def get(self, name: str) -> None:
        asset = self.face.assets.by_name.get(name)
        if asset is None or name not in _MEDIA_TYPES:
            raise HTTPError(404)
        versioned = self.request.query_arguments.get("v") == [asset.version.encode()]
        lines = {
            **self.face.answers.common,
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": f"public, max-age={A_YEAR}, immutable" if versioned else "no-cache",
            "Content-Type": _MEDIA_TYPES[name],
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        self.send(Answer(200, Head.of(lines.items()), asset.content))

    head = get


class SdkPageHandler(BaseHandler):
    """Shows what to write to embed an iframe, with the hash of the script."""

    is_page = True

    def get(self) -> None:
        asset = self.face.assets.by_name[SCRIPT]
        address = self.face.public_url or f"{self.request.protocol}://{self.request.host}"
        nobody = frame_ancestors(None)
        page = self.face.pages.show(
            "sdk.html",
            self.locale,
            nobody,
            address=address,
            version=asset.version,
            hash=asset.integrity,
        )
        self.send(page)

    head = get


def routes(face: Face) -> list[URLSpec]:
    """Return the routes of this module."""
    return [
        URLSpec(r"/sdk/", SdkPageHandler, {"face": face}),
        URLSpec(r"/sdk/([a-z.]+)", SdkHandler, {"face": face}),
    ]
