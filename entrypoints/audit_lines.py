"""The lines of the audit log, which is complete however quiet all else is to be.

They have the form of all lines and go past structlog: there is one for each request.
"""

from collections.abc import Callable, Mapping

import structlog

from entrypoints.log_line import Renderer, line_of
from entrypoints.log_stream import Out

NAME = "framegate.audit"

Tell = Callable[[str, Mapping[str, object]], None]


def tell(what: str, facts: Mapping[str, object]) -> None:
    """Write what happened where the logs are written to."""
    _way.tell(what, facts)


def go_to(out: Out, render: Renderer) -> None:
    """Have the lines written there from now on."""

    def write(what: str, facts: Mapping[str, object]) -> None:
        out.write(render(None, "info", line_of("info", what, facts, NAME)))

    _way.tell = write


class _Way:
    """Logs belong to the whole process, and so does the way of these."""

    def __init__(self) -> None:
        # Where no logs have been configured, as in tests, structlog shows them.
        self.tell: Tell = lambda what, facts: structlog.get_logger(NAME).info(what, **facts)


_way = _Way()
