"""``GET /auth/redis-health``."""

from tornado.routing import URLSpec

from application.check_health import CheckHealth
from application.ports import Clock, StoreUnavailable
from entrypoints.http.base import BaseHandler
from entrypoints.http.face import Face
from entrypoints.http.head import Line
from entrypoints.http.iso_time import iso_time


class RedisHealthHandler(BaseHandler):
    """Tells whether the store can be worked with, in the form its consumers know."""

    def initialize(self, face: Face, check: CheckHealth, clock: Clock) -> None:
        self.take_face(face)
        self._check = check
        self._clock = clock

    async def get(self) -> None:
        try:
            await self.in_time(self._check.execute())
        except StoreUnavailable:
            self._report("unhealthy", 503, ("Retry-After", "1"))
        else:
            self._report("healthy", 200)

    head = get

    def _report(self, state: str, status: int, *lines: Line) -> None:
        self.answer(
            {
                "status": state,
                "message": self.text(f"health.{self.face.storage}.{state}"),
                "timestamp": iso_time(self._clock.now()),
            },
            status,
            *lines,
            varies=True,
        )


def routes(face: Face, check: CheckHealth, clock: Clock) -> list[URLSpec]:
    """Return the routes of this module."""
    return [
        URLSpec(
            r"/auth/redis-health",
            RedisHealthHandler,
            {"face": face, "check": check, "clock": clock},
        )
    ]
