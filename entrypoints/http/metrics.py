"""``GET /metrics``: what has been measured, for Prometheus."""

from typing import Any

from tornado.routing import URLSpec
from tornado.web import Application

from application.authenticate import Authenticate
from application.tell_measurements import TellMeasurements
from entrypoints.http.answer import Answer
from entrypoints.http.base import BaseHandler
from entrypoints.http.credentials import ONE_KIND_CODES, bearer_key
from entrypoints.http.face import Face
from entrypoints.http.head import Head
from entrypoints.http.hot_routes import HotRoutes
from entrypoints.http.not_found import NotFoundHandler
from entrypoints.http.openapi.operation import Operation, Told, Who, offers

PATH = "/metrics"
TEXT, OPEN_METRICS = "text/plain", "application/openmetrics-text"
METRICS = Operation(
    name="metrics",
    group="health",
    who=Who.ADMIN,
    answers={200: Told(content={kind: {"type": "string"} for kind in (TEXT, OPEN_METRICS)})},
    raises=(*ONE_KIND_CODES, "store_unavailable"),
)


class MetricsHandler(BaseHandler):
    """Tells an admin, however much there is to do; without ``authenticate`` everybody."""

    operations = offers(GET=METRICS)
    always_served = True

    def initialize(
        self, face: Face, tell: TellMeasurements, authenticate: Authenticate | None
    ) -> None:
        self.take_face(face)
        self._tell = tell
        self._authenticate = authenticate

    async def get(self) -> None:
        headers = self.request.headers
        if self._authenticate is not None:
            self._authenticate.admin(bearer_key(headers), remote=self.remote)
        told = await self.in_time(self._tell.execute(headers.get("Accept", "")))
        lines = {**self.face.answers.common, "Content-Type": told.kind, "Vary": "Accept"}
        self.send(Answer(200, Head.of(lines.items()), told.text))

    head = get


def routes(
    face: Face, tell: TellMeasurements | None, authenticate: Authenticate | None
) -> list[URLSpec]:
    """Return the routes of this module: none where nothing is measured."""
    if tell is None:
        return []
    arguments: dict[str, Any] = {"face": face, "tell": tell, "authenticate": authenticate}
    return [URLSpec(PATH, MetricsHandler, arguments)]


def make_metrics_app(face: Face, tell: TellMeasurements) -> Application:
    """Put an application together that tells everybody, and does nothing else."""
    return Application(
        [*routes(face, tell, None)],
        default_handler_class=NotFoundHandler,
        default_handler_args={"face": face},
        log_function=lambda _: None,
        face=face,
        hot_routes=HotRoutes(face, {}),
    )
