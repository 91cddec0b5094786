"""Keeping secrets out of what other libraries log."""

import logging
import re

_SECRET = re.compile(r"\b(fg[sg]_[0-9a-f]{8})_[A-Za-z0-9_-]{8,}")


def hide_in_logs(*names: str) -> None:
    """Have these loggers cut ids and tokens short, after the client's tag.

    At ``DEBUG``, httpcore writes down the headers of each answer, and so each grant.
    """
    for name in names:
        logging.getLogger(name).addFilter(_hide)


def _hide(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    hidden = _SECRET.sub(r"\1_[redacted]", message)
    if hidden != message:
        record.msg, record.args = hidden, ()
    return True
