"""The lines of the audit log, which is complete however quiet all else is to be.

They have the form of all lines and go past structlog: there is one for each request.
"""

import time
from collections.abc import Callable, Sequence

import orjson
import structlog

from entrypoints.log_line import Renderer, as_json, line_of
from entrypoints.log_stream import Out

NAME = "framegate.audit"

Entries = Callable[[], Sequence[bytes]]


def tell(entries: Entries) -> None:
    """Write what happened where the logs are written to.

    Each entry is an object of JSON that has an ``event``, and nothing that is to be hidden.
    """
    if _way.out is None:  # no logs have been configured, as in tests: structlog shows them
        for what, facts in map(_parts, entries()):
            structlog.get_logger(NAME).info(what, **facts)
    else:
        _way.out.write_later(_written, time.time_ns(), entries)


def go_to(out: Out, render: Renderer) -> None:
    """Have the lines written there from now on."""
    _way.out, _way.render = out, render


def drain(seconds: float) -> None:
    """Wait for the reader of the logs to take what there is, for no longer than that."""
    if _way.out is not None:
        _way.out.drain(seconds)


def _written(at_ns: int, entries: Entries) -> str:
    if _way.render is not as_json:
        lines = [line_of("info", *_parts(entry), NAME, at_ns) for entry in entries()]
        return "\n".join(map(_way.render, lines))
    # As ``line_of`` and ``as_json`` would write it, but from what is JSON already.
    line = as_json(line_of("info", "", {}, NAME, at_ns))
    before, after = (part.encode() for part in line.split('"event":""'))
    return b"\n".join([before + entry[1:-1] + after for entry in entries()]).decode()


def _parts(entry: bytes) -> tuple[str, dict[str, object]]:
    facts = orjson.loads(entry)
    return facts.pop("event"), facts


class _Way:
    """Logs belong to the whole process, and so does the way of these."""

    out: Out | None = None
    render: Renderer


_way = _Way()
