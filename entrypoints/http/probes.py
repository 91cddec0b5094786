"""``GET /livez`` and ``GET /readyz``, for whoever decides where requests go."""

from tornado.routing import URLSpec

from application.check_health import CheckHealth
from application.ports import StoreUnavailable
from entrypoints.http.base import BaseHandler
from entrypoints.http.face import Face
from entrypoints.http.openapi.operation import Operation, Told, Who, offers, told
from entrypoints.http.openapi.schema import fields, text


def _status(said: str, *states: str) -> Told:
    return told(fields({"status": text("probe_status", enum=list(states))}), said=said)


LIVEZ = Operation(
    name="livez", group="health", who=Who.ANYONE, answers={200: _status("done", "alive")}
)
READYZ = Operation(
    name="readyz",
    group="health",
    who=Who.ANYONE,
    answers={
        200: _status("done", "ready"),
        503: _status("not_ready", "draining", "store_unavailable"),
    },
)


class LivezHandler(BaseHandler):
    """Lives as long as the process answers: restarting it would not bring Redis back."""

    operations = offers(GET=LIVEZ)
    always_served = True

    def get(self) -> None:
        self.answer({"status": "alive"})

    head = get


class ReadyzHandler(BaseHandler):
    """Is ready while the store is there and the server is not on its way out."""

    operations = offers(GET=READYZ)
    always_served = True

    def initialize(self, face: Face, check: CheckHealth) -> None:
        self.take_face(face)
        self._check = check

    async def get(self) -> None:
        if self.face.drain.started:
            self.answer({"status": "draining"}, 503)
            return
        try:
            await self.in_time(self._check.execute())
        except StoreUnavailable:
            self.answer({"status": "store_unavailable"}, 503)
        else:
            self.answer({"status": "ready"})

    head = get


def routes(face: Face, check: CheckHealth) -> list[URLSpec]:
    """Return the routes of this module."""
    return [
        URLSpec(r"/livez", LivezHandler, {"face": face}),
        URLSpec(r"/readyz", ReadyzHandler, {"face": face, "check": check}),
    ]
