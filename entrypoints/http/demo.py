"""``GET /auth-demo``, in demo mode only."""

from tornado.routing import URLSpec

from entrypoints.http.base import BaseHandler
from entrypoints.http.content_security import page_policy
from entrypoints.http.face import Face

SCRIPT = "demo.js"


class DemoHandler(BaseHandler):
    """Shows what framegate does, to try it by hand."""

    is_page = True

    def get(self) -> None:
        hashes = [self.face.assets.integrity(SCRIPT)]
        self.set_header("Content-Security-Policy", page_policy("frame-ancestors 'none'", hashes))
        self.show("demo.html")

    head = get


def routes(face: Face) -> list[URLSpec]:
    """Return the routes of this module: none outside demo mode."""
    return [URLSpec(r"/auth-demo", DemoHandler, {"face": face})] if face.demo else []
