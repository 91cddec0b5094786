"""``GET /sdk/...``: the script for the pages that embed iframes."""

from tornado.routing import URLSpec

from entrypoints.http.base import BaseHandler
from entrypoints.http.content_security import frame_ancestors
from entrypoints.http.face import Face
from entrypoints.http.openapi.operation import HTML, Operation, Told, Who, offers, page
from entrypoints.http.openapi.schema import text
from entrypoints.http.static_files import StaticFileHandler

SCRIPT = "framegate.js"
GET_SCRIPT = Operation(
    name="sdk_file",
    group="documents",
    who=Who.ANYONE,
    path={"name": text("sdk_name", enum=[SCRIPT, "framegate.d.ts"])},
    query={"v": text("version")},
    answers={
        200: Told(
            said="file",
            content={"text/javascript": {"type": "string"}, "text/plain": {"type": "string"}},
        )
    },
    raises=("not_found",),
)
SHOW = Operation(
    name="sdk", group="documents", who=Who.ANYONE, answers={200: page()}, tells_in=(HTML,)
)


class SdkHandler(StaticFileHandler):
    """Serves the script and its types to everybody: modules are fetched with CORS."""

    operations = offers(GET=GET_SCRIPT)
    more = (("Access-Control-Allow-Origin", "*"),)


class SdkPageHandler(BaseHandler):
    """Shows what to write to embed an iframe, with the hash of the script."""

    operations = offers(GET=SHOW)
    is_page = True

    def get(self) -> None:
        asset = self.face.assets.by_name[SCRIPT]
        address = self.face.public_url or f"{self.request.protocol}://{self.request.host}"
        nobody = frame_ancestors(None)
        shown = self.face.pages.show(
            "sdk.html",
            self.locale,
            nobody,
            address=address,
            version=asset.version,
            hash=asset.integrity,
        )
        self.send(shown)

    head = get


def routes(face: Face) -> list[URLSpec]:
    """Return the routes of this module."""
    return [
        URLSpec(r"/sdk/", SdkPageHandler, {"face": face}),
        URLSpec(r"/sdk/(?P<name>framegate\.js|framegate\.d\.ts)", SdkHandler, {"face": face}),
    ]
