"""The base of all handlers: limits, headers, language, and the one way to render an error."""

import json
import sys
from asyncio import Future
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Any

import structlog
from tornado import locale
from tornado.web import HTTPError, RequestHandler, stream_request_body

from entrypoints.http.bad_input import BadInput
from entrypoints.http.content_security import NOTHING, frame_ancestors, page_policy
from entrypoints.http.face import Face
from entrypoints.http.problems import Problem, problem_of
from entrypoints.texts import LANGUAGES, TAGS, say

MOST_BODY_BYTES = 16 * 1024
MOST_HEADER_BYTES = 8 * 1024
MOST_TARGET_BYTES = 4 * 1024
MOST_DISCARDED_BYTES = 1024 * 1024
"""How much of a body that is too large is read and thrown away, so that its sender, who is
still sending, gets to read the 413. Above that the connection is closed on him."""

MOST_DIGITS = 18

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

_log = structlog.stdlib.get_logger("framegate.http")


def _too_large() -> BadInput:
    return BadInput("body_too_large", 413, most_bytes=MOST_BODY_BYTES)


# Streaming is Tornado's way to look at a request before its body has been read. The names
# that begin with data_, on_ and set_ are Tornado's.
@stream_request_body
class BaseHandler(RequestHandler):
    """Answers in JSON; failures as ``{"detail": ..., "code": ...}``."""

    SUPPORTED_METHODS = METHODS

    def take_face(self, face: Face) -> None:
        """Begin with what all handlers share; every ``initialize`` calls it."""
        self.face = face
        self.body = bytearray()
        self._body_bytes = 0

    initialize: Callable[..., None] = take_face

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", NOTHING)
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "DENY")

    def prepare(self) -> None:
        self.face.drain.begin(self)
        request = self.request
        if len(request.uri or "") > MOST_TARGET_BYTES:
            raise BadInput("address_too_long", 414, most_bytes=MOST_TARGET_BYTES)
        if sum(len(k) + len(v) + 4 for k, v in request.headers.get_all()) > MOST_HEADER_BYTES:
            raise BadInput("headers_too_large", 431, most_bytes=MOST_HEADER_BYTES)
        self._allow_discarding()

    def data_received(self, chunk: bytes) -> None:
        self._body_bytes += len(chunk)
        if self._body_bytes <= MOST_BODY_BYTES:
            self.body += chunk
        elif self._body_bytes >= MOST_DISCARDED_BYTES and not self._finished:
            # And, as there is more to come, Tornado closes the connection.
            self.send_error(413, exc_info=(BadInput, _too_large(), None))

    def check_body_size(self) -> None:
        """Raise ``BadInput`` where more of a body came than is read."""
        if self._body_bytes > MOST_BODY_BYTES:
            raise _too_large()

    def finish(self, chunk: Any = None) -> "Future[None]":
        if self.face.drain.started:
            self.set_header("Connection", "close")
        written = super().finish(chunk)
        # In flight until the last byte has left, or a stopping server would cut it off.
        written.add_done_callback(lambda _: self.face.drain.end(self))
        return written

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.face.drain.end(self)

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
        if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
            _log.warning("store_unavailable", problem=getattr(value, "problem", ""), **place)
        elif problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR and typ and value:
            _log.error("uncaught_exception", exc_info=(typ, value, tb), **place)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        super().send_error(problem_of(error).status if error else status_code, **kwargs)

    def _page_text(self, part: str, problem: Problem) -> str:
        key = f"page.{problem.code}.{part}"
        text = self.text(key)
        return text if text != key else self.text(f"page.{part}")

    def _allow_discarding(self) -> None:
        declared = self.request.headers.get("Content-Length", "0")
        limit = getattr(self.request.connection, "set_max_body_size", None)
        if limit is not None:
            limit(sys.maxsize)  # from here on the size is judged here
        is_number = declared.isascii() and declared.isdigit()
        # More digits than these are too many, whatever they say.
        if is_number and (len(declared) > MOST_DIGITS or int(declared) > MOST_DISCARDED_BYTES):
            raise _too_large()

    def _allowed_methods(self) -> list[str]:
        base = RequestHandler._unimplemented_method  # noqa: SLF001 Tornado has no other way to ask
        return [m for m in METHODS if getattr(type(self), m.lower()) is not base]


class NotFoundHandler(BaseHandler):
    """For every address that is no route: a page for browsers, JSON for programs."""

    @property
    def is_page(self) -> bool:
        return "text/html" in self.request.headers.get("Accept", "")

    def get(self) -> None:
        raise HTTPError(404)

    head = post = put = patch = delete = options = get
