"""The framegate that is asked: how a request is made, and what its answer means."""

from typing import TypeVar

import httpx
from attrs import field, frozen

from framegate_client import reading
from framegate_client.calls import Call
from framegate_client.errors import Unavailable
from framegate_client.visible import check_visible

T = TypeVar("T")

TIMEOUT_SECONDS = 3.0
"""framegate itself gives up after 2 s."""


def _check_url(url: str) -> str:
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        parts = httpx.URL()
    if parts.scheme not in {"http", "https"} or not parts.host or parts.userinfo or parts.query:
        raise ValueError("framegate's address must be one such as https://gate.example")
    return url.rstrip("/")


def _check_key(key: str | None) -> str | None:
    return None if key is None else check_visible(key, "the key")


@frozen
class Server:
    """Where framegate is, and the key it knows the caller by."""

    url: str = field(converter=_check_url)
    key: str | None = field(default=None, converter=_check_key, repr=False)

    def request(self, http: httpx.Client | httpx.AsyncClient, call: Call[T]) -> httpx.Request:
        """Make the request of a call."""
        headers = {"Accept-Language": "en", **call.headers}
        if self.key is not None:
            headers["Authorization"] = f"Bearer {self.key}"
        url = self.url + call.path
        return http.build_request(
            call.method, url, params=call.query, json=call.body, headers=headers
        )

    def read(self, call: Call[T], response: httpx.Response) -> T:
        """Return what has come of a call. Raises each ``FramegateError``."""
        fields = reading.fields_of(response)
        if response.status_code not in call.answered_by:
            raise reading.error_of(response, fields)
        try:
            return call.read(fields)
        except (KeyError, TypeError, ValueError):
            raise reading.not_framegates(response) from None

    def silent(self, error: httpx.HTTPError) -> Unavailable:
        """Make the error for a request without an answer."""
        problem = (
            f"no answer from framegate at {self.url} ({type(error).__name__}): see whether it"
            " runs and can be reached. Whether it did what was asked is not known"
        )
        return Unavailable(problem)
