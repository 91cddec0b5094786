"""``GET /auth-demo``, in demo mode only."""

from tornado.routing import URLSpec

from entrypoints.http.base import BaseHandler
from entrypoints.http.face import Face
from entrypoints.http.openapi.operation import HTML, Operation, Who, offers, page

SHOW = Operation(name="demo", group="demo", who=Who.ANYONE, answers={200: page()}, tells_in=(HTML,))


class DemoHandler(BaseHandler):
    """Shows what framegate does, to try it by hand."""

    operations = offers(GET=SHOW)
    is_page = True

    def get(self) -> None:
        self.show("demo.html", scripts=["demo.js"])

    head = get


def routes(face: Face) -> list[URLSpec]:
    """Return the routes of this module: none outside demo mode."""
    return [URLSpec(r"/auth-demo", DemoHandler, {"face": face})] if face.demo else []
