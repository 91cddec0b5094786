"""Requests, timed by what has answered them, and how."""

import re
from collections.abc import Callable

from adapters.metrics.meter import Meter

_WORD = re.compile(r"(?<!^)(?=[A-Z])")

Take = Callable[[float], None]


class RequestMeter(dict[type, dict[int, Take]]):
    """What takes note of the seconds of a request, by what has answered it, and by its status.

    Made when they meet first, and at hand from then on.
    """

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter

    def __missing__(self, route: type) -> dict[int, Take]:
        takes = self[route] = _ByStatus(self._meter, name_of(route))
        return takes


class _ByStatus(dict[int, Take]):
    def __init__(self, meter: Meter, name: str) -> None:
        super().__init__()
        self._meter = meter
        self._name = name

    def __missing__(self, status: int) -> Take:
        key = ("http_request_duration_seconds", self._name, f"{status // 100}xx")
        take = self[status] = self._meter.timings[key].take
        return take


def name_of(route: type) -> str:
    """Return the name of its class in small letters: ``open_iframe`` of ``OpenIframeRoute``."""
    name = route.__name__.removesuffix("Handler").removesuffix("Route")
    return _WORD.sub("_", name).lower()
