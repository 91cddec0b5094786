"""``DELETE /auth/cleanup-sessions``."""

from tornado.routing import URLSpec

from application.authenticate import Authenticate
from application.clean_up import CleanUpSessions
from domain.figures import CleanUp
from entrypoints.http.base import BaseHandler
from entrypoints.http.credentials import ONE_KIND_CODES, bearer_key
from entrypoints.http.face import Face
from entrypoints.http.openapi.operation import Operation, Who, offers, told
from entrypoints.http.openapi.schema import fields, text, whole
from entrypoints.http.openapi.shared import STORAGE

CLEANED_UP = fields(
    {
        "message": text("message"),
        "sessions_removed": whole("sessions_removed"),
        "sessions_remaining": whole("sessions_remaining"),
        "storage": STORAGE,
    }
)
CLEAN_UP = Operation(
    name="cleanup_sessions",
    group="control",
    who=Who.ADMIN,
    answers={200: told(CLEANED_UP)},
    raises=(*ONE_KIND_CODES, "store_unavailable"),
)


class CleanupSessionsHandler(BaseHandler):
    """Removes what has expired."""

    operations = offers(DELETE=CLEAN_UP)

    def initialize(self, face: Face, authenticate: Authenticate, clean_up: CleanUpSessions) -> None:
        self.take_face(face)
        self._authenticate = authenticate
        self._clean_up = clean_up

    async def delete(self) -> None:
        self._authenticate.admin(bearer_key(self.request.headers), remote=self.remote)
        answer_cleaned_up(self, await self.in_time(self._clean_up.execute(remote=self.remote)))


def answer_cleaned_up(handler: BaseHandler, done: CleanUp) -> None:
    """Say what has been removed."""
    handler.answer(
        {
            "message": handler.text("cleaned_up", {"removed": done.removed}),
            "sessions_removed": done.removed,
            "sessions_remaining": done.remaining,
            "storage": handler.face.storage,
        },
        varies=True,
    )


def routes(face: Face, authenticate: Authenticate, clean_up: CleanUpSessions) -> list[URLSpec]:
    """Return the routes of this module."""
    use = {"face": face, "authenticate": authenticate, "clean_up": clean_up}
    return [URLSpec(r"/auth/cleanup-sessions", CleanupSessionsHandler, use)]
