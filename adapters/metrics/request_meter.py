"""Requests, timed by what has answered them, and how."""

import re
from collections.abc import Callable

from adapters.metrics.meter import Meter

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class RequestMeter(dict[tuple[type, int], Callable[[float], None]]):
    """What takes note of the seconds of a request, by what has answered it and with which status.

    Made when the two meet first, and at hand from then on.
    """

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter

    def __missing__(self, answered: tuple[type, int]) -> Callable[[float], None]:
        route, status = answered
        key = ("http_request_duration_seconds", name_of(route), f"{status // 100}xx")
        take = self[answered] = self._meter.timings[key].take
        return take


def name_of(route: type) -> str:
    """Return the name of its class in small letters: ``open_iframe`` of ``OpenIframeRoute``."""
    name = route.__name__.removesuffix("Handler").removesuffix("Route")
    return _WORD.sub("_", name).lower()
