"""The lines of the audit log, which is complete however quiet all else is to be.

They have the form of all lines and go past structlog: there is one for each request.
"""

from collections.abc import Mapping

import structlog

from entrypoints.log_line import Renderer, line_of
from entrypoints.log_stream import Out

NAME = "framegate.audit"


def tell(what: str, facts: Mapping[str, object]) -> None:
    """Write what happened where the logs are written to."""
    if _way.out is None:  # no logs have been configured, as in tests: structlog shows them
        structlog.get_logger(NAME).info(what, **facts)
    else:
        _way.out.write(_way.render(line_of("info", what, facts, NAME)))


def go_to(out: Out, render: Renderer) -> None:
    """Have the lines written there from now on."""
    _way.out, _way.render = out, render


class _Way:
    """Logs belong to the whole process, and so does the way of these."""

    out: Out | None = None
    render: Renderer = staticmethod(str)


_way = _Way()
