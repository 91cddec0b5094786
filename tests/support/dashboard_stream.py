"""Watching the dashboard of a real server, from outside a browser."""

import http.client
import json
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

from attrs import frozen

from tests.support.waiting import LONGEST_SECONDS

PATIENCE_SECONDS = 60.0


def sign_in(url: str, key: str) -> str:
    """Sign in as the page does, and return the cookie as a browser sends it."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_SECONDS)
    headers = {"Origin": url, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/dashboard/sign-in", urlencode({"key": key}), headers)
    response = connection.getresponse()
    assert response.status == 303, response.read()
    connection.close()
    return str(response.getheader("Set-Cookie", "").partition(";")[0])


@frozen
class Stream:
    """What one connection is sent."""

    response: http.client.HTTPResponse

    @classmethod
    def over(cls, connection: http.client.HTTPConnection, cookie: str) -> "Stream":
        connection.request("GET", "/dashboard/events", headers={"Cookie": cookie})
        response = connection.getresponse()
        assert response.status == 200, response.read()
        return cls(response)

    def messages(self) -> Iterator[tuple[str, Any]]:
        """Yield the kind of each, and what it says, until the stream ends."""
        kind = "message"
        for line in iter(self.response.readline, b""):
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                yield kind, json.loads(value)
                kind = "message"

    def until(self, condition: Callable[[Any], bool]) -> Any:
        """Return the first frame of which this is so."""
        seen, deadline = None, time.monotonic() + LONGEST_SECONDS
        for kind, frame in self.messages():
            assert kind == "message", kind
            seen = frame
            if condition(frame):
                return frame
            assert time.monotonic() < deadline, f"at last it has told {frame}"
        message = f"the stream has ended with {seen}"
        raise AssertionError(message)


@contextmanager
def crowd(url: str, cookie: str, many: int) -> Iterator[Callable[[], int]]:
    """Have so many watch and read; give how many frames the last of them has got."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    asked = f"GET /dashboard/events HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n\r\n"
    sockets = [socket.create_connection((str(host), int(port or 0))) for _ in range(many)]
    chosen, over, frames = selectors.DefaultSelector(), threading.Event(), dict.fromkeys(sockets, 0)
    for each in sockets:
        each.sendall(asked.encode())
        chosen.register(each, selectors.EVENT_READ)

    def read() -> None:
        while not over.is_set():
            for key, _ in chosen.select(0.1):
                assert isinstance(key.fileobj, socket.socket)
                frames[key.fileobj] += key.fileobj.recv(65_536).count(b"data: ")

    reading = threading.Thread(target=read)
    reading.start()
    try:
        yield lambda: min(frames.values())
    finally:
        over.set()
        reading.join()
        for each in sockets:
            each.close()
        chosen.close()
