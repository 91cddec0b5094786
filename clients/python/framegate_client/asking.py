"""Asking framegate whether a request may go on."""

import logging
from collections.abc import Collection
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from framegate_client.asked import Asked, question
from framegate_client.hiding import hide_in_logs
from framegate_client.server import Server
from framegate_client.verdict import AWAY, Verdict, verdict

_log = logging.getLogger("framegate_client")

hide_in_logs("httpcore.http11", "httpcore.http2")


def _question(url: str, asked: Asked) -> dict[str, Any]:
    return {"url": url, "headers": question(asked), "follow_redirects": False}


def _away(error: httpx.HTTPError) -> Verdict:
    _log.warning("framegate gave no answer: %s", type(error).__name__)
    return AWAY


def _no_cookies() -> CookieJar:
    """Make a jar that takes nothing: what framegate sets is for one browser, not for the next."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def _check(framegate: str) -> str:
    return f"{Server(framegate).url}/auth/check"


class Asking:
    """Asks for applications that wait; threads may share it.

    ``http``, where it is given, is closed by who gave it, and takes no cookies any more.
    """

    def __init__(self, framegate: str, timeout_seconds: float, http: httpx.Client | None) -> None:
        self._url = _check(framegate)
        self._is_own = http is None
        self._http = http or httpx.Client(timeout=timeout_seconds)
        self._http.cookies = _no_cookies()

    def __call__(self, asked: Asked) -> Verdict:
        """Return what framegate says; ``AWAY`` where it says nothing."""
        try:
            return verdict(self._http.get(**_question(self._url, asked)))
        except httpx.HTTPError as error:
            return _away(error)

    def close(self) -> None:
        """Close its connections."""
        if self._is_own:
            self._http.close()


class AsyncAsking:
    """``Asking`` for ``asyncio``; it belongs to one event loop."""

    def __init__(
        self, framegate: str, timeout_seconds: float, http: httpx.AsyncClient | None
    ) -> None:
        self._url = _check(framegate)
        self._is_own = http is None
        self._http = http or httpx.AsyncClient(timeout=timeout_seconds)
        self._http.cookies = _no_cookies()

    async def __call__(self, asked: Asked) -> Verdict:
        """Return what framegate says; ``AWAY`` where it says nothing."""
        try:
            return verdict(await self._http.get(**_question(self._url, asked)))
        except httpx.HTTPError as error:
            return _away(error)

    async def aclose(self) -> None:
        """Close its connections."""
        if self._is_own:
            await self._http.aclose()


def open_paths_of(paths: Collection[str]) -> frozenset[str]:
    """Take the paths that are left open. Raises ``ValueError`` unless each begins with ``/``."""
    if isinstance(paths, str) or not all(path.startswith("/") for path in paths):
        raise ValueError('open_paths must be a list of whole paths, such as ("/healthz",)')
    return frozenset(paths)
