"""The lines of the audit log, which is complete however quiet all else is to be.

They have the form of all lines and go past structlog: there is one for each request.
"""

import time
from collections.abc import Callable

import structlog

from entrypoints.log_line import Renderer, line_of
from entrypoints.log_stream import Out

NAME = "framegate.audit"

Facts = Callable[[], dict[str, object]]


def tell(what: str, facts: Facts) -> None:
    """Write what happened where the logs are written to."""
    if _way.out is None:  # no logs have been configured, as in tests: structlog shows them
        structlog.get_logger(NAME).info(what, **facts())
    else:
        _way.out.write_later(_written, time.time_ns(), what, facts)


def go_to(out: Out, render: Renderer) -> None:
    """Have the lines written there from now on."""
    _way.out, _way.render = out, render


def drain(seconds: float) -> None:
    """Wait for the reader of the logs to take what there is, for no longer than that."""
    if _way.out is not None:
        _way.out.drain(seconds)


def _written(at_ns: int, what: str, facts: Facts) -> str:
    return _way.render(line_of("info", what, facts(), NAME, at_ns))


class _Way:
    """Logs belong to the whole process, and so does the way of these."""

    out: Out | None = None
    render: Renderer


_way = _Way()
