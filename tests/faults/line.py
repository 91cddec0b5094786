"""One connection to a server, kept open from request to request, without retries."""

import asyncio
import json
from typing import Self
from urllib.parse import urlsplit

from tests.support.http_call import Answer


class Line:
    """``open`` one, ``ask`` on it one request after the other, ``close`` it."""

    def __init__(
        self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._host = host
        self._reader = reader
        self._writer = writer
        self._announced_end = False

    @classmethod
    async def open(cls, url: str) -> Self:
        parts = urlsplit(url)
        return cls(parts.netloc, *await asyncio.open_connection(parts.hostname, parts.port))

    @property
    def reusable(self) -> bool:
        """Whether the server has neither announced nor made an end of it."""
        return not (self._announced_end or self._reader.at_eof())

    async def ask(
        self, method: str, path: str, *, key: str | None = None, body: object = None
    ) -> Answer:
        """Send a request and return the whole answer.

        Raises ``ConnectionError`` or ``asyncio.IncompleteReadError`` for half of one.
        """
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}"]
        if key is not None:
            lines.append(f"Authorization: Bearer {key}")
        content = b""
        if body is not None:
            content = json.dumps(body).encode()
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        return await self._answer()

    async def _answer(self) -> Answer:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        first, *rest = head.split("\r\n")[:-2]
        headers = dict(line.split(": ", 1) for line in rest)
        body = await self._reader.readexactly(int(headers["Content-Length"]))
        self._announced_end = headers.get("Connection", "").lower() == "close"
        return Answer(int(first.split(" ")[1]), headers, body)

    def close(self) -> None:
        self._writer.close()
