"""A browser, as far as a gate is concerned."""

from typing import Any

import httpx

from framegate_client.asked import Asked, by_name

FRAME = {"Sec-Fetch-Dest": "iframe", "Accept": "text/html"}


class Browser:
    """Keeps the cookies of framegate's that it gets, and brings them along.

    httpx would not: a ``Secure`` cookie goes over HTTPS only, but for loopback in browsers.
    """

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies: dict[str, str] = {}

    @property
    def headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies} if cookies else {}

    def open(self, path: str, **headers: str) -> httpx.Response:
        """Open a page in a frame."""
        return self.send("GET", path, **FRAME, **headers)

    def load(self, path: str, **headers: str) -> httpx.Response:
        """Load what a page needs."""
        return self.send("GET", path, **{"Sec-Fetch-Dest": "empty", "Accept": "*/*"}, **headers)

    def send(self, method: str, path: str, content: Any = None, **headers: str) -> httpx.Response:
        # No TLS here, and to load what it needs takes longer than the request.
        with httpx.Client(trust_env=False, verify=False, timeout=60) as http:
            url = self.base + path
            answer = http.request(method, url, content=content, headers=self.headers | headers)
        for line in answer.headers.get_list("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def asked(self, path: str, **headers: str) -> Asked:
        """Return what a gate sees of a page that is opened."""
        path, _, query = path.partition("?")
        lines = FRAME | self.headers | headers
        return Asked(
            method="GET",
            path=path.encode(),
            query=query.encode(),
            headers=by_name(lines.items()),
            peer="127.0.0.1",
            scheme="http",
        )
