"""Logging belongs to the whole process: what a test sets up is taken down again."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import structlog

from entrypoints import audit_lines

_LIBRARIES = ("asyncio", "tornado.general")


@contextmanager
def logging_kept() -> Iterator[None]:
    """Put structlog and the standard library's logging back as they were."""
    before = structlog.get_config()
    way = dict(vars(audit_lines._way))
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in _LIBRARIES}
    try:
        yield
    finally:
        structlog.configure(**before)
        vars(audit_lines._way).clear()
        vars(audit_lines._way).update(way)
        root.handlers = handlers
        root.setLevel(level)
        for name, own in levels.items():
            logging.getLogger(name).setLevel(own)


def audit(event: str, **facts: object) -> None:
    """Have a line written as the audit log has its lines written."""
    audit_lines.tell(lambda: orjson.dumps({"event": event, **facts}))
