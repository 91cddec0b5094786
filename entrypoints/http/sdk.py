"""``GET /sdk/...``: the script for the pages that embed iframes."""

from tornado.routing import URLSpec

from entrypoints.http.base import BaseHandler
from entrypoints.http.content_security import frame_ancestors
from entrypoints.http.face import Face
from entrypoints.http.static_files import StaticFileHandler

SCRIPT = "framegate.js"


class SdkHandler(StaticFileHandler):
    """Serves the script and its types to everybody: modules are fetched with CORS."""

    more = (("Access-Control-Allow-Origin", "*"),)


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
        URLSpec(r"/sdk/(framegate\.(?:js|d\.ts))", SdkHandler, {"face": face}),
    ]
