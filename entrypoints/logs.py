"""Logs: one line an event on standard error, JSON but where a person watches."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

import structlog
from attrs import frozen
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

from domain.key import hide_keys
from domain.session_id import hide_ids

ALWAYS_WRITTEN = "framegate.audit"
"""The audit log is there to be complete, however quiet everything else is to be."""


def configure_logs(level: str, stream: TextIO = sys.stderr) -> None:
    """Send framegate's own lines and those of its libraries to ``stream``.

    Our own do not go through the standard library's logging: there is one for each request,
    and there it would cost more than all else that a request needs.
    """
    finish: list[Processor] = [
        add_time,
        structlog.processors.format_exc_info,
        lead_with_what_happened,
        _renderer(stream),
    ]
    structlog.configure(
        processors=[Threshold(level), add_name_and_level, *finish],
        logger_factory=lambda name="": Lines(name, stream),
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        RedactingFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.add_log_level],
            processors=[ProcessorFormatter.remove_processors_meta, *finish],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # asyncio's and Tornado's chatter below a warning is about connections, not about us.
    for library in ("asyncio", "tornado.general"):
        logging.getLogger(library).setLevel(max(logging.getLevelName(level), logging.WARNING))


@frozen
class Lines:
    """Writes finished lines. Each leaves at once: what is kept back could be lost."""

    name: str
    _stream: TextIO

    def info(self, line: str) -> None:
        """Write the line, looked over once more, whatever is in it."""
        self._stream.write(f"{redact(line)}\n")
        self._stream.flush()

    debug = warning = error = critical = info


@frozen
class Threshold:
    """Drops what is below a level, but for what is always written."""

    _level: str

    def __call__(self, logger: Lines, method: str, event: EventDict) -> EventDict:
        """Let the event through, or raise ``DropEvent``."""
        names = logging.getLevelNamesMapping()
        if logger.name != ALWAYS_WRITTEN and names[method.upper()] < names[self._level]:
            raise structlog.DropEvent
        return event


def add_name_and_level(logger: Lines, method: str, event: EventDict) -> EventDict:
    """Tell who writes, and how grave it is."""
    event["logger"] = logger.name
    event["level"] = method
    return event


def add_time(_: object, __: str, event: EventDict) -> EventDict:
    """Tell when, in UTC (RFC 3339)."""
    event["timestamp"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return event


def lead_with_what_happened(_: object, __: str, event: EventDict) -> EventDict:
    """Put first what an eye that runs down the lines looks for."""
    first = {name: event[name] for name in ("timestamp", "level", "event") if name in event}
    return {**first, **event}


def redact(line: str) -> str:
    """Cut session ids and keys out of a finished line: the last line of defence, not the first."""
    return hide_keys(hide_ids(line))


class RedactingFormatter(ProcessorFormatter):
    """Looks over every line once more, whoever wrote it and whatever is in it."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _renderer(stream: TextIO) -> Processor:
    if stream.isatty():
        # Plain tracebacks: the pretty ones show local variables, and so ids.
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    encode = json.JSONEncoder(ensure_ascii=False, default=repr).encode
    return lambda _, __, event: encode(event)
