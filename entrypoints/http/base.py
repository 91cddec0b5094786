"""The base of all handlers: limits, language, and the one way to answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Any, TypeVar

from tornado import locale
from tornado.httputil import HTTPHeaders
from tornado.web import HTTPError, RequestHandler, stream_request_body

from application.ports import StoreUnavailable
from entrypoints.http.admission import Overloaded
from entrypoints.http.answer import Answer
from entrypoints.http.bad_input import BadInput
from entrypoints.http.content_security import frame_ancestors
from entrypoints.http.departure import lose, see_off
from entrypoints.http.face import Face
from entrypoints.http.head import Line
from entrypoints.http.incoming import Incoming
from entrypoints.http.known_headers import KnownHeaders
from entrypoints.http.openapi.operation import Operation, offers
from entrypoints.http.problems import Problem, problem_of
from entrypoints.http.request_size import Body, check_head
from entrypoints.http.trouble import report
from entrypoints.texts import say

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

T = TypeVar("T")


# Streaming is Tornado's way to look at a request before its body has been read. The names
# that begin with data_, on_ and set_ are Tornado's.
@stream_request_body
class BaseHandler(RequestHandler):
    """Answers in JSON; failures as ``{"detail": ..., "code": ...}``."""

    SUPPORTED_METHODS = METHODS

    operations: Mapping[str, Operation] = offers()
    """What it does, by method, as the document tells it; ``HEAD`` and ``OPTIONS`` need no word."""

    always_served = False
    """Whether requests are served however much there is to do."""

    def take_face(self, face: Face) -> None:
        """Begin with what all handlers share; every ``initialize`` calls it."""
        self.face = face
        self.body = Body()

    initialize: Callable[..., None] = take_face

    def clear(self) -> None:
        """Begin anew, as Tornado does but for the headers.

        Answers have their own, and to make Tornado's takes a tenth of a request's time.
        """
        self._headers = HTTPHeaders()
        self._write_buffer = []
        self._status_code, self._reason = 200, "OK"

    def prepare(self) -> None:
        admitted = self.face.admission.admits(self.request.connection)
        if not admitted and not self.always_served:
            self.face.admission.turned_away()
            raise Overloaded
        check_head(self.request)

    def data_received(self, chunk: bytes) -> None:
        try:
            self.body.receive(chunk)
        except BadInput as error:
            # Tornado has no way to raise here. As there is more to come, it closes the
            # connection after the answer, and what comes until then is nobody's any more.
            self.send_error(error.status, exc_info=(BadInput, error, None))

    def on_connection_close(self) -> None:
        super().on_connection_close()
        lose(self._connection, self.face)

    def set_etag_header(self) -> None:
        """Give no ETag: nothing here may be answered from a cache."""

    def check_etag_header(self) -> bool:
        return False  # Tornado would look for them all the same

    @property
    def peer(self) -> str:
        """The address of the connection."""
        return self.request.remote_ip or ""

    @property
    def remote(self) -> str:
        """The caller's address."""
        return self.face.proxies.remote_address(self.peer, self.request.headers)

    @property
    def incoming(self) -> Incoming:
        """What the request says."""
        return Incoming(
            headers=self.request.headers,
            query=self.request.query_arguments,
            remote=self.remote,
            locale=self.face.locale,
            body=self.body,
            peer=self.peer,
        )

    @property
    def is_page(self) -> bool:
        """Whether failures are shown as a page."""
        return False

    @property
    def route(self) -> type:
        """What answers, as the log and the metrics name it."""
        return type(self)

    def get_browser_locale(self, default: str = "") -> locale.Locale:
        del default  # Tornado's own is en_US
        return self.incoming.language

    def text(self, key: str, facts: Mapping[str, Any] | None = None) -> str:
        """Return a text in the language the caller accepts."""
        return say(self.locale, key, facts)

    async def in_time(self, use_case: Awaitable[T]) -> T:
        """Wait for a use case until the request's one deadline. Raises ``StoreUnavailable``.

        The store bounds each operation; some use cases take several.
        """
        try:
            async with asyncio.timeout(self.face.request_seconds):
                return await use_case
        except TimeoutError as error:
            raise StoreUnavailable("the request took too long") from error

    def send(self, answer: Answer) -> None:
        """Finish with an answer."""
        self.set_status(answer.status)
        self._headers = KnownHeaders(answer.head)
        closes = answer.closes or self.face.drain.started
        if closes:
            self.set_header("Connection", "close")
        self.measure(answer.status)
        see_off(self.finish(answer.body), self._connection, self.face, closes=closes)

    def measure(self, status: int) -> None:
        """Take note of how long the answer took, where somebody wants to know."""
        if self.face.takes is not None:
            self.face.drain.measure(self._connection, self.face.takes[self.route], status)

    def answer(
        self, fields: Mapping[str, object], status: int = 200, *lines: Line, varies: bool = False
    ) -> None:
        """Finish with a JSON object."""
        self.send(self.face.answers.fields(fields, status, varies=varies, lines=lines))

    def show(self, template: str, *, scripts: Sequence[str] = ()) -> None:
        """Finish with a page of framegate's own that nobody may frame."""
        nobody = frame_ancestors(None)
        self.send(self.face.pages.show(template, self.locale, nobody, scripts=scripts))

    def refusal(self, problem: Problem) -> Answer:
        """Return the answer to a request that failed."""
        if self.is_page:
            return self.face.pages.show_problem(problem, self.locale, frame_ancestors(None))
        return self.face.answers.problem(problem, self.locale)

    def allowed_methods(self) -> list[str]:
        """List the methods that this address knows."""
        base = RequestHandler._unimplemented_method  # noqa: SLF001 Tornado has no other way to ask
        return [m for m in METHODS if getattr(type(self), m.lower()) is not base]

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        del status_code  # send_error() was given the same by the same table
        error = kwargs.get("exc_info", (None, None, None))[1]
        answer = self.refusal(problem_of(error))
        if isinstance(error, HTTPError) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            answer = answer.plus(("Allow", ", ".join(self.allowed_methods())))
        self.send(answer)

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        del typ, tb
        report(value, self.face, method=self.request.method, route=self.route.__name__)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        super().send_error(problem_of(error).status if error else status_code, **kwargs)

    @property
    def _connection(self) -> Any:  # Tornado's type leaves out what each connection has
        return self.request.connection
