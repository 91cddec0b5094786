"""Logs: one line an event on standard error, JSON but where a person watches."""

import logging
import sys
from typing import TextIO

import structlog
from attrs import frozen
from structlog.typing import EventDict

from entrypoints import audit_lines
from entrypoints.log_line import Renderer, line_of, renderer
from entrypoints.log_stream import Out, redact

_GRAVITY = {name.lower(): level for name, level in logging.getLevelNamesMapping().items()}


def configure_logs(level: str, stream: TextIO = sys.stderr) -> None:
    """Send framegate's own lines and those of its libraries to ``stream``.

    Our own take the way of the audit lines (``Out``), and so stand among them in their order.
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
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter(render))
    root = logging.getLogger()
    root.handlers = [handler]
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


class RedactingFormatter(logging.Formatter):
    """Writes what libraries log in the form of our own, looked over in the same way."""

    def __init__(self, render: Renderer) -> None:
        super().__init__()
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        event: EventDict = {"event": record.getMessage()}
        if record.exc_info:
            event["exc_info"] = record.exc_info
        level = record.levelname.lower()
        return redact(self._render(complete(record, level, event)))
