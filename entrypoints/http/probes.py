"""``GET /livez`` and ``GET /readyz``, for whoever decides where requests go."""

from tornado.routing import URLSpec

from application.check_health import CheckHealth
from application.ports import StoreUnavailable
from entrypoints.http.base import BaseHandler
from entrypoints.http.face import Face


class LivezHandler(BaseHandler):
    """Lives as long as the process answers: restarting it would not bring Redis back."""

    always_served = True

    def get(self) -> None:
        self.answer({"status": "alive"})

    head = get


class ReadyzHandler(BaseHandler):
    """Is ready while the store is there and the server is not on its way out."""

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
