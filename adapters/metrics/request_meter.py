"""Requests, timed by what has answered them, and how."""

import re

from adapters.metrics.meter import Meter, Timing

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class RequestMeter:
    """Takes note of each request that has been answered."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._timings: dict[tuple[type, int], Timing] = {}

    def answered(self, route: type, status: int, began: float) -> None:
        """Take note of one; ``began`` is when its head had arrived, by the monotonic clock."""
        key = route, status
        timing = self._timings.get(key)
        if timing is None:
            name, kind = name_of(route), f"{status // 100}xx"
            timing = self._meter.timing("http_request_duration_seconds", name, kind)
            self._timings[key] = timing
        timing.since(began)


def name_of(route: type) -> str:
    """Return the name of its class in small letters: ``open_iframe`` of ``OpenIframeRoute``."""
    name = route.__name__.removesuffix("Handler").removesuffix("Route")
    return _WORD.sub("_", name).lower()
