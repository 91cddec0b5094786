"""HTTP as a plain client speaks it: one call, one answer, no library in between to retry."""

import http.client
import json
import ssl
from typing import Any
from urllib.parse import urlsplit

import attrs


@attrs.frozen
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> Any:
        return json.loads(self.body)


def call(
    method: str,
    url: str,
    *,
    headers: dict[str, str] | None = None,
    body: object = None,
    timeout: float = 30,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    parts = urlsplit(url)
    connection = (
        http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=trust)
        if trust
        else http.client.HTTPConnection(parts.netloc, timeout=timeout)
    )
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    sent = dict(headers or {})
    content = None
    if body is not None:
        content = json.dumps(body).encode()
        sent.setdefault("Content-Type", "application/json")
    try:
        connection.request(method, target, content, sent)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()
