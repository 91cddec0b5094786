"""HTTP with its header lines as they are: in their order, repeated, and spelt in any way."""

import http.client
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

Line = tuple[str, str]


@frozen
class LinedAnswer:
    status: int
    lines: tuple[Line, ...]
    body: bytes

    @property
    def fields(self) -> Any:
        return json.loads(self.body)

    def values(self, name: str) -> list[str]:
        return [value for found, value in self.lines if found.lower() == name.lower()]


def lined_call(
    url: str,
    *lines: Line,
    method: str = "GET",
    body: bytes | Iterable[bytes] | None = None,
    source: str = "127.0.0.1",
) -> LinedAnswer:
    """Ask once; a body that is not bytes is sent in chunks. ``source`` is the caller's address."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60, source_address=(source, 0))
    try:
        connection.putrequest(method, f"{parts.path}?{parts.query}" if parts.query else parts.path)
        chunked = not isinstance(body, bytes | None)
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        if isinstance(body, bytes):
            connection.putheader("Content-Length", str(len(body)))
        for name, value in lines:
            connection.putheader(name, value)
        connection.endheaders(body, encode_chunked=chunked)
        response = connection.getresponse()
        return LinedAnswer(response.status, tuple(response.getheaders()), response.read())
    finally:
        connection.close()
