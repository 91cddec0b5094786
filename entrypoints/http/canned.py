"""Answers that are made once: the bytes of a failure, as every handler would say it."""

import asyncio
import re
from collections.abc import Mapping

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.web import Application

from domain.errors import FramegateError
from entrypoints.http.base import BaseHandler
from entrypoints.http.face import Face
from entrypoints.texts import LANGUAGES, TAGS

_LANGUAGE = re.compile(rb"[\r\n][Aa]ccept-[Ll]anguage:[^\r\n]*?\b(pt|en)\b")


class FailingHandler(BaseHandler):
    """Fails, and has the connection closed."""

    def initialize(self, face: Face, error: FramegateError) -> None:
        self.take_face(face)
        self._error = error

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Connection", "close")

    def prepare(self) -> None:
        raise self._error


class CannedAnswer:
    """What callers are told of one failure, in each language."""

    def __init__(self, answers: Mapping[str, bytes], usual: str) -> None:
        self._answers = answers
        self._usual = usual

    @classmethod
    async def make(
        cls, application: Application, face: Face, error: FramegateError
    ) -> "CannedAnswer":
        """Have a handler fail in each language, and keep what it says."""
        languages = LANGUAGES.values()
        answers = {each: await _recorded(application, face, error, each) for each in languages}
        return cls(answers, LANGUAGES[face.locale])

    def to(self, request: bytes) -> bytes:
        """Return the answer in the language that the bytes of a request ask for."""
        found = _LANGUAGE.search(request)
        return self._answers[found[1].decode().lower() if found else self._usual]


async def _recorded(
    application: Application, face: Face, error: FramegateError, language: str
) -> bytes:
    recorder = _Recorder()
    request = HTTPServerRequest(
        headers=HTTPHeaders({"Host": "localhost", "Accept-Language": TAGS[language]}),
        connection=recorder,
        start_line=RequestStartLine("GET", "/", "HTTP/1.1"),
    )
    arguments = {"face": face, "error": error}
    delegate = application.get_handler_delegate(request, FailingHandler, arguments)
    delegate.headers_received(RequestStartLine("GET", "/", "HTTP/1.1"), request.headers)
    delegate.finish()
    return await recorder.answer


class _Recorder(HTTPConnection):
    """Keeps the bytes of an answer instead of sending them."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._parts: list[bytes] = []

    def write_headers(
        self,
        start_line: RequestStartLine | ResponseStartLine,
        headers: HTTPHeaders,
        chunk: bytes | None = None,
    ) -> "asyncio.Future[None]":
        _, code, reason = start_line  # of a response, though the type says either
        lines = [f"HTTP/1.1 {code} {reason}"]
        # No Date: it would be that of the start. RFC 9110 section 6.6.1 asks for none in 5xx.
        lines += [f"{name}: {value}" for name, value in headers.get_all() if name != "Date"]
        self._parts += ["\r\n".join([*lines, "", ""]).encode(), chunk or b""]
        return _done()

    def write(self, chunk: bytes) -> "asyncio.Future[None]":
        self._parts.append(chunk)
        return _done()

    def finish(self) -> None:
        self.answer.set_result(b"".join(self._parts))

    def set_close_callback(self, callback: object) -> None:
        """Do nothing: this connection is never closed."""

    def set_max_body_size(self, _: int) -> None:
        """Do nothing: this connection has no body."""


def _done() -> "asyncio.Future[None]":
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.set_result(None)
    return future
