"""``GET /auth/redis-health``."""

from tornado.routing import URLSpec

from application.check_health import CheckHealth
from application.ports import Clock, StoreUnavailable
from entrypoints.http.base import BaseHandler
from entrypoints.http.face import Face
from entrypoints.http.head import Line
from entrypoints.http.iso_time import iso_time
from entrypoints.http.openapi.operation import Operation, Told, Who, offers, told
from entrypoints.http.openapi.schema import Schema, fields, instant, text


def _health(said: str, state: str, **headers: Schema) -> Told:
    status = text("health_status", enum=[state])
    known = {"status": status, "message": text("message"), "timestamp": instant("health_timestamp")}
    return told(fields(known), headers, said=said)


HEALTH = Operation(
    name="redis_health",
    group="health",
    who=Who.ANYONE,
    answers={
        200: _health("done", "healthy"),
        503: _health("unhealthy", "unhealthy", **{"Retry-After": text("retry_after")}),
    },
)


class RedisHealthHandler(BaseHandler):
    """Tells whether the store can be worked with, in the form its consumers know."""

    operations = offers(GET=HEALTH)

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
