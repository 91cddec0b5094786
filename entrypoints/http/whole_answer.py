"""Writing an answer at one go."""

import asyncio
from typing import Any

from tornado.http1connection import HTTP1Connection

from entrypoints.http.answer import Answer
from entrypoints.http.head import status_line
from entrypoints.http.incoming import Incoming

CLOSE = b"Connection: close\r\n"


def write_whole(
    connection: Any, answer: Answer, asked: Incoming, *, closes: bool
) -> "asyncio.Future[None]":
    """Write an answer and finish it; what is returned is done when all has left.

    The same lines in the same order as ``BaseHandler.send`` has them.
    """
    written: asyncio.Future[None]
    lines = answer.head.dated()
    if not isinstance(connection, HTTP1Connection):
        written = connection.write_whole(answer.status, lines, answer.body, closes=closes)
        return written
    # Tornado looks every line over that write_headers() is given, which takes longer than all
    # else that it does with an answer. These are known to be right. When it closes is Tornado's
    # own rule, for HTTP/1.1.
    will_close = not closes and (asked.asks_to_close or connection.params.no_keep_alive)
    before, after = CLOSE if closes else b"", CLOSE if will_close else b""
    written = connection.write(whole(answer.status, lines, answer.body, before=before, after=after))
    connection.finish()
    return written


def whole(status: int, lines: bytes, body: bytes, *, before: bytes, after: bytes) -> bytes:
    """Put an answer together; ``before`` and ``after`` stand around the length of its body."""
    return b"%b%b%bContent-Length: %d\r\n%b\r\n%b" % (
        status_line(status),
        lines,
        before,
        len(body),
        after,
        body,
    )
