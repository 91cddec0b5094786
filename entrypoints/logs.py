"""Logs: one line an event on standard error, JSON but where a person watches."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

from domain.key import hide_keys
from domain.session_id import hide_ids


def configure_logs(level: str, stream: TextIO = sys.stderr) -> None:
    """Send framegate's own lines and those of its libraries to ``stream``."""
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        RedactingFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                lead_with_what_happened,
                _renderer(stream),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # The audit log is there to be complete, however quiet everything else is to be.
    logging.getLogger("framegate.audit").setLevel(logging.INFO)
    # asyncio's and Tornado's chatter below a warning is about connections, not about us.
    for library in ("asyncio", "tornado.general"):
        logging.getLogger(library).setLevel(max(logging.getLevelName(level), logging.WARNING))


def lead_with_what_happened(_: object, __: str, event: EventDict) -> EventDict:
    """Put first what an eye that runs down the lines looks for."""
    first = {name: event[name] for name in ("timestamp", "level", "event") if name in event}
    return {**first, **event}


def redact(line: str) -> str:
    """Cut session ids and keys out of a finished line: the last line of defence, not the first."""
    return hide_keys(hide_ids(line))


class RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Looks over every line once more, whoever wrote it and whatever is in it."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _renderer(stream: TextIO) -> Processor:
    if stream.isatty():
        # Plain tracebacks: the pretty ones show local variables, and so ids.
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)
