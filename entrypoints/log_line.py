"""One line of the log: an event, written down."""

import json
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict

Renderer = Callable[[EventDict], str]


def renderer(stream: TextIO) -> Renderer:
    """Return what writes events down: as JSON but where a person watches."""
    if stream.isatty():
        # Plain tracebacks: the pretty ones show local variables, and so ids.
        plain = structlog.dev.plain_traceback
        console = structlog.dev.ConsoleRenderer(exception_formatter=plain)
        return lambda event: console(None, "", event)
    return as_json


def line_of(
    level: str, what: str, facts: Mapping[str, object], name: str, at_ns: int | None = None
) -> EventDict:
    """Put an event in the form that all have: when, how grave, what, its facts, who writes.

    First comes what an eye that runs down the lines looks for. ``at_ns`` is when it happened,
    in nanoseconds since the epoch; without it, it happens now.
    """
    timestamp = _timestamp(time.time_ns() if at_ns is None else at_ns)
    return {"timestamp": timestamp, "level": level, "event": what, **facts, "logger": name}


def _timestamp(at_ns: int) -> str:
    """Tell a time in UTC to the microsecond (RFC 3339)."""
    second, microsecond = divmod(at_ns // 1000, 1_000_000)
    return f"{_to_the_second(second)}.{microsecond:06}Z"


@lru_cache(maxsize=2)
def _to_the_second(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def as_json(event: EventDict) -> str:
    """Write an event down as one line of JSON."""
    try:
        return orjson.dumps(event, default=repr).decode()
    except TypeError:  # there are texts that are no UTF-8, and numbers beyond 64 bits
        return json.dumps(event, default=repr)
