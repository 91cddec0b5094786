"""Requests, timed by what has answered them, and how."""

import re
from collections.abc import Callable
from time import monotonic

from adapters.metrics.meter import Meter

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class RequestMeter:
    """Takes note of each request that has been answered."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._takes: dict[tuple[type, int], Callable[[float], None]] = {}

    def answered(self, route: type, status: int, began: float) -> None:
        """Take note of one; ``began`` is when its head had arrived, by the monotonic clock."""
        take = self._takes.get((route, status))
        if take is None:
            key = ("http_request_duration_seconds", name_of(route), f"{status // 100}xx")
            take = self._takes[route, status] = self._meter.timings[key].take
        take(monotonic() - began)


def name_of(route: type) -> str:
    """Return the name of its class in small letters: ``open_iframe`` of ``OpenIframeRoute``."""
    name = route.__name__.removesuffix("Handler").removesuffix("Route")
    return _WORD.sub("_", name).lower()
