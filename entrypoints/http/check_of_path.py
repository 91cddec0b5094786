"""``/auth/check/<path>``: the same gate for Envoy, which asks with the browser's own request.

Its ``ext_authz`` puts a prefix before the path and keeps query and method (Envoy's API v3,
``HttpService.path_prefix``).
"""

from attrs import evolve
from tornado.httputil import HTTPHeaders
from tornado.routing import URLSpec

from application.ports import ClientDirectory
from entrypoints.http.asked_of_proxy import METHOD, URI
from entrypoints.http.base import METHODS, BaseHandler
from entrypoints.http.check import CHECK, PATH, CheckRoute
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.openapi.operation import offers
from entrypoints.http.openapi.schema import text
from entrypoints.http.route import RouteHandler

CHECK_OF_PATH = evolve(CHECK, name="check_of_path", headers={}, path={"path": text("checked_path")})


class CheckOfPathHandler(RouteHandler):
    """Serves the route as if the proxy had said in headers what was asked of it."""

    operations = offers(**dict.fromkeys(METHODS, CHECK_OF_PATH))
    allowed_methods = BaseHandler.allowed_methods

    @property
    def incoming(self) -> Incoming:
        headers = HTTPHeaders(self.request.headers)
        headers[URI] = (self.request.uri or "").removeprefix(PATH)
        headers[METHOD] = self.request.method or ""
        return Incoming(headers, {}, self.remote, self.face.locale, self.body, self.peer)

    async def get(self, path: str = "") -> None:
        del path  # with the query, from the address
        self.send(await self.in_time(self._route.respond(self.incoming)))

    head = post = put = patch = delete = options = get


def routes(face: Face, route: CheckRoute, directory: ClientDirectory) -> list[URLSpec]:
    """Return the routes of this module."""
    arguments = {"face": face, "route": route, "directory": directory}
    return [URLSpec(rf"{PATH}/(?P<path>.*)", CheckOfPathHandler, arguments)]
