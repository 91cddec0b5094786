"""The gate of a WSGI application, such as Flask's or Django's."""

import logging
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import httpx

from framegate_client.asked import Asked, Line, by_name, is_claim
from framegate_client.asking import Asking, open_paths_of
from framegate_client.server import TIMEOUT_SECONDS
from framegate_client.verdict import Passed, TurnedAway
from framegate_client.visitor import VISITOR

_HTTP = "HTTP_"
_INTERNAL, _FAILED = "500 Internal Server Error", b"Internal Server Error"

_log = logging.getLogger("framegate_client")


class Gate:
    """Lets through to ``app`` whom framegate, at the address ``framegate``, lets in.

    Who it is stands in the environ: ``framegate_client.visitor(environ)``. Who is not let in
    gets framegate's own answer, 401 or 403; without framegate everybody gets 503.
    ``open_paths`` are left open: whole paths, compared as they are. ``http_client`` as for
    ``framegate_client.Client``.
    """

    def __init__(
        self,
        app: WSGIApplication,
        framegate: str,
        *,
        open_paths: Collection[str] = (),
        timeout_seconds: float = TIMEOUT_SECONDS,
        http_client: httpx.Client | None = None,
    ) -> None:
        self._app = app
        self._open_paths = open_paths_of(open_paths)
        self._ask = Asking(framegate, timeout_seconds, http_client)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a request."""
        for key in [key for key in environ if _is_claim(key)]:
            del environ[key]
        if _path(environ).decode(errors="replace") in self._open_paths:
            return self._app(environ, start_response)
        verdict = self._ask(_asked(environ))
        if isinstance(verdict, TurnedAway):
            return _turn_away(verdict, environ, start_response)
        environ[VISITOR] = verdict.visitor
        if verdict.cookies:
            return _handing_over(self._app, environ, start_response, verdict)
        return self._app(environ, _marking(start_response, verdict))

    def close(self) -> None:
        """Close its connections to framegate; a server that ends does so anyway."""
        self._ask.close()


def _is_claim(key: str) -> bool:
    return key.startswith(_HTTP) and is_claim(key.removeprefix(_HTTP))


def _path(environ: WSGIEnvironment) -> bytes:
    # PEP 3333: bytes, as Latin-1.
    path: str = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return path.encode("latin-1")


def _asked(environ: WSGIEnvironment) -> Asked:
    lines = [
        (key.removeprefix(_HTTP).replace("_", "-"), value)
        for key, value in environ.items()
        if key.startswith(_HTTP)
    ]
    return Asked(
        method=environ["REQUEST_METHOD"],
        path=_path(environ),
        query=environ.get("QUERY_STRING", "").encode("latin-1"),
        headers=by_name(lines),
        peer=environ.get("REMOTE_ADDR") or None,
        scheme=environ["wsgi.url_scheme"],
    )


def _marking(start_response: StartResponse, passed: Passed) -> StartResponse:
    def marking(
        status: str, lines: list[Line], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        return start_response(status, passed.mark(lines), exc_info)

    return marking


def _handing_over(
    app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse, passed: Passed
) -> Iterator[bytes]:
    """Serve the page that a session has opened; where it fails, its answer has the grant as well.

    The session is used up: who tries a page again that failed needs its grant. A server's own
    answer to an error would not have it (PEP 3333, Error Handling), so that it is given here, and
    the error logged, as long as nothing has been sent.
    """
    marking = _marking(start_response, passed)
    body: Iterable[bytes] = ()
    has_begun = False

    def starting(
        status: str, lines: list[Line], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        write = marking(status, lines, exc_info)

        def writing(content: bytes) -> object:
            nonlocal has_begun
            has_begun = True
            return write(content)

        return writing

    try:
        body = app(environ, starting)
        for content in body:
            if content or has_begun:  # with an empty one some servers would send the head
                has_begun = True
                yield content
    except Exception:
        if has_begun:
            raise
        _log.exception("the application has failed on the page that a session has opened")
        length = ("Content-Length", str(len(_FAILED)))
        marking(_INTERNAL, [("Content-Type", "text/plain"), length], sys.exc_info())
        yield b"" if environ["REQUEST_METHOD"] == "HEAD" else _FAILED
    finally:
        if hasattr(body, "close"):
            body.close()


def _turn_away(
    away: TurnedAway, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    length = ("Content-Length", str(len(away.body)))
    start_response(f"{away.status} {away.reason}", [*away.lines, length])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [away.body]
