"""Writing an answer at one go."""

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from itertools import chain
from typing import Any

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, ResponseStartLine

from entrypoints.http.answer import Answer
from entrypoints.http.head import Line, date_line, date_now


def write_whole(connection: Any, answer: Answer, *, closes: bool) -> "asyncio.Future[None]":
    """Write an answer and finish it; what is returned is done when all has left.

    The same lines in the same order as ``BaseHandler.send`` has them: to Tornado's own
    connection one by one, to ours as the bytes that they are.
    """
    if not isinstance(connection, HTTP1Connection):
        written: asyncio.Future[None] = connection.write_whole(
            answer.status, date_line() + answer.head.encoded, answer.body, closes=closes
        )
        return written
    headers = KnownHeaders(("Date", date_now()), answer.head.lines)
    if closes:
        headers["Connection"] = "close"
    headers["Content-Length"] = str(len(answer.body))
    written = connection.write_headers(_start_line(answer.status), headers, answer.body)
    connection.finish()
    return written


class KnownHeaders(HTTPHeaders):
    """Headers that begin with lines that are known to be right, and are told as they are."""

    def __init__(self, first: Line, lines: Iterable[Line]) -> None:
        super().__init__()
        self._known = (first, *lines)

    def get_all(self) -> Iterable[Line]:
        return chain(self._known, super().get_all())


@lru_cache
def _start_line(status: int) -> ResponseStartLine:
    return ResponseStartLine("HTTP/1.1", status, HTTPStatus(status).phrase)
