"""Logs: one line an event on standard error, JSON but where a person watches."""

import logging
import sys
from typing import TextIO

import structlog
from attrs import frozen
from structlog.typing import EventDict

from entrypoints import audit_lines
from entrypoints.log_line import Renderer, line_of, renderer
from entrypoints.log_stream import Out

_GRAVITY = {name.lower(): level for name, level in logging.getLevelNamesMapping().items()}


def configure_logs(level: str, stream: TextIO = sys.stderr) -> None:
    """Send framegate's own lines and those of its libraries to ``stream``.

    All take the way of the audit lines (``Out``), and so stand among them in their order.
    """
    render, out = renderer(stream), Out(stream)
    audit_lines.go_to(out, render)
    structlog.configure(
        processors=[
            Threshold(level.lower()),
            complete,
            lambda _logger, _level, event: render(event),
        ],
        logger_factory=lambda name="": Lines(name, out),
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
    )
    root = logging.getLogger()
    root.handlers = [LibraryLines(render, out)]
    root.setLevel(level)
    # asyncio's and Tornado's chatter below a warning is about connections, not about us.
    for library in ("asyncio", "tornado.general"):
        logging.getLogger(library).setLevel(max(logging.getLevelName(level), logging.WARNING))


@frozen
class Lines:
    """What structlog takes for a logger: finished lines go to ``out``."""

    name: str
    _out: Out

    def info(self, line: str) -> None:
        """Write the line, and at once."""
        self._out.write(line)
        self._out.flush()

    debug = warning = error = critical = info


@frozen
class Threshold:
    """Drops what is below a level."""

    _level: str

    def __call__(self, logger: Lines, method: str, event: EventDict) -> EventDict:
        """Let the event through, or raise ``DropEvent``."""
        del logger
        if _GRAVITY[method] < _GRAVITY[self._level]:
            raise structlog.DropEvent
        return event


def complete(logger: Lines | logging.LogRecord, level: str, event: EventDict) -> EventDict:
    """Put an event in the form of all lines, a traceback as a text."""
    if "exc_info" in event:
        structlog.processors.format_exc_info(logger, level, event)
    return line_of(level, event.pop("event"), event, logger.name)


class LibraryLines(logging.Handler):
    """Writes what libraries log in the form of our own."""

    def __init__(self, render: Renderer, out: Out) -> None:
        super().__init__()
        self._render = render
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line, and at once."""
        self._out.write_later(self.format, record)
        self._out.flush()

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, not yet looked over for secrets."""
        event: EventDict = {"event": record.getMessage()}
        if record.exc_info:
            event["exc_info"] = record.exc_info
        return self._render(complete(record, record.levelname.lower(), event))
