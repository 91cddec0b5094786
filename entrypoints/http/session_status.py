"""``GET /auth/session-status``."""

from tornado.routing import URLSpec

from application.authenticate import Authenticate
from application.report_status import ReportStatus
from entrypoints.http.base import BaseHandler
from entrypoints.http.credentials import KEY_CODES, bearer_key
from entrypoints.http.face import Face
from entrypoints.http.openapi.operation import Operation, Who, offers, told
from entrypoints.http.openapi.schema import fields, flag, whole
from entrypoints.http.openapi.shared import STORAGE

FIGURES = fields(
    {
        "total_sessions": whole("total_sessions"),
        "active_sessions": whole("active_sessions"),
        "used_sessions": whole("used_sessions"),
        "total_created": whole("total_created"),
        "total_used": whole("total_used"),
        "max_sessions": whole("max_sessions"),
        "storage": STORAGE,
        "redis_healthy": flag("redis_healthy"),
    }
)
STATUS = Operation(
    name="session_status",
    group="control",
    who=Who.KEY,
    answers={200: told(FIGURES)},
    raises=(*KEY_CODES, "store_unavailable"),
)


class SessionStatusHandler(BaseHandler):
    """Tells how many sessions there are."""

    operations = offers(GET=STATUS)

    def initialize(self, face: Face, authenticate: Authenticate, report: ReportStatus) -> None:
        self.take_face(face)
        self._authenticate = authenticate
        self._report = report

    async def get(self) -> None:
        caller = self._authenticate.execute(bearer_key(self.request.headers), remote=self.remote)
        status = await self.in_time(self._report.execute(caller))
        self.answer(
            {
                "total_sessions": status.figures.total,
                "active_sessions": status.figures.active,
                "used_sessions": status.figures.used,
                "total_created": status.figures.created,
                "total_used": status.figures.redeemed,
                "max_sessions": status.cap,
                "storage": self.face.storage,
                # An answer at all means that the store gave one.
                "redis_healthy": self.face.storage == "redis",
            }
        )

    head = get


def routes(face: Face, authenticate: Authenticate, report: ReportStatus) -> list[URLSpec]:
    """Return the routes of this module."""
    use = {"face": face, "authenticate": authenticate, "report": report}
    return [URLSpec(r"/auth/session-status", SessionStatusHandler, use)]
