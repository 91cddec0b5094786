"""What the log says of requests that failed."""

import structlog

from application.ports import StoreUnavailable
from entrypoints.http.admission import Overloaded
from entrypoints.http.dashboard.full import DashboardFull
from entrypoints.http.face import Face
from entrypoints.http.problems import problem_of

_log = structlog.stdlib.get_logger("framegate.http")


def report(error: BaseException | None, face: Face, *, method: str | None, route: str) -> None:
    """Write a line where the fault is ours or the store's.

    Tornado's own would write the address of the request, and with it the id.
    """
    if isinstance(error, StoreUnavailable):
        face.unavailable.warn(problem=error.problem, method=method, route=route)
    elif isinstance(error, Overloaded | DashboardFull):
        pass  # the admission tells of many at once, and a full house is no fault
    elif error is not None and problem_of(error).is_ours:
        facts = {"method": method, "route": route}
        _log.error("uncaught_exception", exc_info=error, **facts)
