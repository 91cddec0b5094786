"""Writing an answer at one go."""

import asyncio
import time
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, ResponseStartLine, format_timestamp

from entrypoints.http.answer import Answer


def write_whole(connection: Any, answer: Answer, *, closes: bool) -> "asyncio.Future[None]":
    """Write an answer and finish it; what is returned is done when all has left.

    The same lines in the same order as ``BaseHandler.send`` has them: to Tornado's own
    connection one by one, to ours as the bytes that they are.
    """
    date = _date(int(time.time()))
    if not isinstance(connection, HTTP1Connection):
        lines = b"Date: %s\r\n%s" % (date, answer.head.encoded)
        written: asyncio.Future[None] = connection.write_whole(
            answer.status, lines, answer.body, closes=closes
        )
        return written
    headers = HTTPHeaders()
    headers["Date"] = date.decode()
    for name, value in answer.head.lines:
        headers[name] = value
    if closes:
        headers["Connection"] = "close"
    headers["Content-Length"] = str(len(answer.body))
    written = connection.write_headers(_start_line(answer.status), headers, answer.body)
    connection.finish()
    return written


@lru_cache
def _start_line(status: int) -> ResponseStartLine:
    return ResponseStartLine("HTTP/1.1", status, HTTPStatus(status).phrase)


@lru_cache(maxsize=2)
def _date(second: int) -> bytes:
    return format_timestamp(second).encode()
