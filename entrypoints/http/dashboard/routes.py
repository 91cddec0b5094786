"""The addresses of the dashboard."""

from typing import Any

from tornado.routing import URLSpec

from entrypoints.http.dashboard.base import PATH
from entrypoints.http.dashboard.control import CleanUpHandler, RevokeHandler
from entrypoints.http.dashboard.desk import Desk
from entrypoints.http.dashboard.events import DashboardEventsHandler
from entrypoints.http.dashboard.page import DashboardPageHandler
from entrypoints.http.dashboard.signing import SignInHandler, SignOutHandler
from entrypoints.http.face import Face


def routes(face: Face, desk: Desk | None) -> list[URLSpec]:
    """Return the routes of the dashboard: none where nothing is measured."""
    if desk is None:
        return []
    use: dict[str, Any] = {"face": face, "desk": desk}
    return [
        URLSpec(PATH, DashboardPageHandler, use),
        URLSpec(f"{PATH}/events", DashboardEventsHandler, use),
        URLSpec(f"{PATH}/sign-in", SignInHandler, use),
        URLSpec(f"{PATH}/sign-out", SignOutHandler, use),
        URLSpec(f"{PATH}/revoke", RevokeHandler, use),
        URLSpec(f"{PATH}/clean-up", CleanUpHandler, use),
    ]
