"""What was asked of a server, and who is told an id in the answer."""

import socket
from urllib.parse import urlsplit

from attrs import Factory, define

from tests.support.http_call import Answer, call


@define
class Exchange:
    """Asks, and keeps every answer with the one id that may stand in it."""

    url: str
    answers: list[tuple[bytes, str | None]] = Factory(list)

    def ask(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        body: object = None,
        may_tell: str | None = None,
    ) -> Answer:
        sent = {**(headers or {}), **({"Authorization": f"Bearer {key}"} if key else {})}
        answer = call(method, f"{self.url}{path}", headers=sent, body=body)
        self.answers.append((repr(answer.headers).encode() + answer.body, may_tell))
        return answer

    def create(self, key: str, *, idempotency_key: str | None = None) -> str:
        """Create a session and return its id, which its creator is told."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        session_id: str = self.ask(
            "POST", "/auth/create-session", key=key, headers=headers, body={"subject": "ana"}
        ).fields["session_id"]
        told, _ = self.answers.pop()
        self.answers.append((told, session_id))
        return session_id

    def open_page(self, path: str) -> str:
        """Open a page and return the cookie with the grant, which its opener is told."""
        cookie = self.ask("GET", path).headers["Set-Cookie"].partition(";")[0]
        told, _ = self.answers.pop()
        self.answers.append((told, cookie.partition("=")[2]))
        return cookie

    def send(self, request: bytes) -> None:
        """Send bytes that are not quite HTTP."""
        parts = urlsplit(self.url)
        with socket.create_connection((parts.hostname, parts.port), timeout=60) as wire:
            wire.sendall(request)
            wire.shutdown(socket.SHUT_WR)
            told = b""
            while piece := wire.recv(65536):
                told += piece
        self.answers.append((told, None))
