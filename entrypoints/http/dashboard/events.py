"""``GET /dashboard/events``: what is going on, as server-sent events (HTML Standard).

On either transport: the head, and then a chunk a frame. A stream is no request in flight, and no
work: a crowd of viewers keeps nobody out, and a server that stops does not wait for them.
"""

import asyncio
from typing import Any

from entrypoints.http.dashboard.base import SIGNED_IN_CODES, DashboardHandler
from entrypoints.http.dashboard.viewer import Viewer
from entrypoints.http.departure import see_off
from entrypoints.http.head import Head
from entrypoints.http.known_headers import KnownHeaders
from entrypoints.http.openapi.operation import Operation, Told, Who, offers

EVENT_STREAM = "text/event-stream"
BEGINNING = b"retry: 2000\n\n"
"""Whoever is cut off comes again after so many milliseconds."""

WATCH = Operation(
    name="dashboard_events",
    group="operator",
    who=Who.OPERATOR,
    answers={200: Told(said="events", content={EVENT_STREAM: {"type": "string"}})},
    raises=(*SIGNED_IN_CODES, "dashboard_full"),
)


class DashboardEventsHandler(DashboardHandler):
    """Sends frames until the viewer leaves, his pass ends, or the server stops.

    It is served however much there is to do: then it is of use above all.
    """

    operations = offers(GET=WATCH)
    always_served = True

    _viewer: Viewer | None = None

    async def get(self) -> None:
        self.check_pass()
        audience = self.desk.audience
        audience.check_room()
        self._begin()
        self._viewer = viewer = Viewer(
            self._write, self._connection.close, lambda: self.is_signed_in
        )
        audience.join(viewer)
        try:
            await viewer.gone.wait()
        finally:
            audience.part(viewer)
        see_off(self.finish(), self._connection, self.face, closes=True)

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self._viewer is not None:
            self._viewer.dismiss()

    def _begin(self) -> None:
        lines = {
            **self.face.answers.common,
            "Content-Type": EVENT_STREAM,
            "X-Accel-Buffering": "no",  # or nginx would gather frames before it passes them on
        }
        self.set_status(200)
        self._headers: Any = KnownHeaders(Head.of(lines.items()))
        # To a proxy that speaks HTTP/1.0 nothing else tells where the answer ends.
        self.set_header("Connection", "close")
        self.measure(200)
        self._write(BEGINNING)
        self.face.admission.end(self._connection)
        self.face.drain.end(self._connection)

    def _write(self, chunk: bytes) -> "asyncio.Future[None]":
        self.write(chunk)
        return self.flush()
