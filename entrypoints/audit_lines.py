"""The lines of the audit log, which is complete however quiet all else is to be.

They have the form of all lines and go past structlog: there is one for each request.
"""

import time
from collections.abc import Callable, Iterator

import orjson
import structlog

from entrypoints.log_line import Renderer, as_json, line_of
from entrypoints.log_stream import Out

NAME = "framegate.audit"

Lines = Callable[[], bytes]


def tell(lines: Lines) -> None:
    """Write what happened where the logs are written to.

    Each line is an object of JSON that begins with its ``event`` and has nothing that is to be
    hidden; the last has no line end.
    """
    if _way.out is None:  # no logs have been configured, as in tests: structlog shows them
        for what, facts in _parts(lines()):
            structlog.get_logger(NAME).info(what, **facts)
    else:
        _way.out.write_later(_written, time.time_ns(), lines)


def go_to(out: Out, render: Renderer) -> None:
    """Have the lines written there from now on."""
    _way.out, _way.render = out, render


def drain(seconds: float) -> None:
    """Wait for the reader of the logs to take what there is, for no longer than that."""
    if _way.out is not None:
        _way.out.drain(seconds)


def lost() -> int:
    """Return how many lines of the logs this process has lost so far."""
    return 0 if _way.out is None else _way.out.lost


def _written(at_ns: int, lines: Lines) -> str:
    if _way.render is not as_json:
        told = [line_of("info", what, facts, NAME, at_ns) for what, facts in _parts(lines())]
        return "\n".join(map(_way.render, told))
    # As ``line_of`` and ``as_json`` would write it, but from what is JSON already, and has no line
    # end of its own: what all lines begin and end with goes around and between them.
    before, after = as_json(line_of("info", "", {}, NAME, at_ns)).split('"event":""')
    inner = lines().decode()[1:-1].replace("}\n{", f"{after}\n{before}")
    return f"{before}{inner}{after}"


def _parts(lines: bytes) -> Iterator[tuple[str, dict[str, object]]]:
    for line in lines.split(b"\n"):
        facts = orjson.loads(line)
        yield facts.pop("event"), facts


class _Way:
    """Logs belong to the whole process, and so does the way of these."""

    out: Out | None = None
    render: Renderer


_way = _Way()
