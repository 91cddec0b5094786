"""The base of all handlers: limits, headers, language, and the one way to render an error."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Any, TypeVar

import structlog
from tornado import locale
from tornado.web import RequestHandler, stream_request_body

from application.ports import StoreUnavailable
from entrypoints.http.admission import Overloaded
from entrypoints.http.bad_input import BadInput
from entrypoints.http.content_security import NOTHING, frame_ancestors, page_policy
from entrypoints.http.face import Face
from entrypoints.http.problems import Problem, problem_of
from entrypoints.http.request_size import Body, check_head
from entrypoints.texts import LANGUAGES, TAGS, say

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

WRITE_SECONDS = 10.0
"""How long a caller may take to read an answer before it is given up."""

T = TypeVar("T")

_log = structlog.stdlib.get_logger("framegate.http")


# Streaming is Tornado's way to look at a request before its body has been read. The names
# that begin with data_, on_ and set_ are Tornado's.
@stream_request_body
class BaseHandler(RequestHandler):
    """Answers in JSON; failures as ``{"detail": ..., "code": ...}``."""

    SUPPORTED_METHODS = METHODS

    always_served = False
    """Whether requests are served however much there is to do."""

    def take_face(self, face: Face) -> None:
        """Begin with what all handlers share; every ``initialize`` calls it."""
        self.face = face
        self.body = Body()

    initialize: Callable[..., None] = take_face

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", NOTHING)
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Referrer-Policy", "no-referrer")
        if self.settings["face"].public_url.startswith("https://"):
            # Not for subdomains: whoever has framegate under a path has not asked for that.
            self.set_header("Strict-Transport-Security", "max-age=31536000")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "DENY")

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

    def finish(self, chunk: Any = None) -> "asyncio.Future[None]":
        if self.face.drain.started:
            self.set_header("Connection", "close")
        written = super().finish(chunk)
        # The work is done; in flight it is until the last byte has left, or a stopping server
        # would cut it off.
        self.face.admission.end(self.request.connection)
        written.add_done_callback(lambda _: self._leave())
        if not written.done():
            give_up = asyncio.get_running_loop().call_later(WRITE_SECONDS, self._hang_up)
            written.add_done_callback(lambda _: give_up.cancel())
        return written

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.face.drain.end(self.request.connection)
        # What was begun goes on without its caller, and is work until its deadline.
        asyncio.get_running_loop().call_later(self.face.request_seconds, self._leave)

    def compute_etag(self) -> None:
        """Give no ETag: nothing here may be answered from a cache."""

    @property
    def remote(self) -> str:
        """The caller's address."""
        return self.face.proxies.remote_address(self.request)

    @property
    def is_page(self) -> bool:
        """Whether failures are shown as a page."""
        return False

    def get_browser_locale(self, default: str = "") -> locale.Locale:
        del default  # Tornado's own is en_US
        return super().get_browser_locale(LANGUAGES[self.face.locale])

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

    def answer(self, fields: Mapping[str, object], status: int = 200) -> None:
        """Finish with a JSON object."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(fields, ensure_ascii=False, separators=(",", ":")))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        del status_code  # send_error() was given the same by the same table
        error = kwargs.get("exc_info", (None, None, None))[1]
        problem = problem_of(error)
        self.set_status(problem.status)
        for name, value in problem.headers.items():
            self.set_header(name, value)
        if problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", ", ".join(self._allowed_methods()))
        self.set_header("Vary", "Accept-Language")
        if self.is_page:
            self.show_problem(problem)
        else:
            self.answer(self.problem_fields(problem, error), problem.status)

    def problem_fields(self, problem: Problem, error: BaseException | None) -> dict[str, object]:
        """Return the fields of a failure."""
        del error
        detail = self.text(f"problem.{problem.code}", problem.facts)
        return {"detail": detail, "code": problem.code}

    def show_problem(self, problem: Problem) -> None:
        """Finish with a page that a person can read."""
        self.show(
            "problem.html",
            status=problem.status,
            code=problem.code,
            title=self._page_text("title", problem),
            detail=self.text(f"problem.{problem.code}", problem.facts),
            hint=self._page_text("hint", problem),
        )

    def framing(self) -> str:
        """Return the part of a page's policy that says who may frame it: nobody."""
        return frame_ancestors(None)

    def show(self, template: str, *, scripts: Sequence[str] = (), **facts: object) -> None:
        """Finish with a page of framegate's own; ``scripts`` are the assets that may run."""
        hashes = [self.face.assets.integrity(script) for script in scripts]
        self.set_header("Content-Security-Policy", page_policy(self.framing(), hashes))
        self.set_header("Vary", "Accept-Language")
        self.render(
            template,
            lang=TAGS[self.locale.code],
            demo=self.face.demo,
            asset=self.face.assets.url,
            integrity=self.face.assets.integrity,
            **facts,
        )

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        # Tornado's own would write the address of the request, and with it the id.
        problem = problem_of(value)
        place = {"method": self.request.method, "route": type(self).__name__}
        if isinstance(value, StoreUnavailable):
            self.face.unavailable.warn(problem=value.problem, **place)
        elif isinstance(value, Overloaded):
            pass  # the admission tells of many at once
        elif problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR and typ and value:
            _log.error("uncaught_exception", exc_info=(typ, value, tb), **place)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        super().send_error(problem_of(error).status if error else status_code, **kwargs)

    def _leave(self) -> None:
        self.face.admission.end(self.request.connection)
        self.face.drain.end(self.request.connection)

    def _hang_up(self) -> None:
        self.request.connection.close()  # type: ignore[union-attr] # HTTP/1's can be closed

    def _page_text(self, part: str, problem: Problem) -> str:
        key = f"page.{problem.code}.{part}"
        text = self.text(key)
        return text if text != key else self.text(f"page.{part}")

    def _allowed_methods(self) -> list[str]:
        base = RequestHandler._unimplemented_method  # noqa: SLF001 Tornado has no other way to ask
        return [m for m in METHODS if getattr(type(self), m.lower()) is not base]
