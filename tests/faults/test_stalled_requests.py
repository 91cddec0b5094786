"""Requests that go on and on, a byte at a time: none may go on for ever."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.corpus.case import JSON_TYPE
from tests.faults.hostile_target import running_target
from tests.faults.oracles import answers_in, assert_nothing_to_hide
from tests.faults.raw_http import HANGS, line_to
from tests.faults.redeeming import create, redeem
from tests.http.talk import LIVEZ, VALIDATE, request_bytes

pytestmark = pytest.mark.usefixtures("transport")

PACE_SECONDS = 0.05
MOST_STEPS = 600
"""Half a minute at that pace, and three times as long as any limit of the server's."""

ALIVE = request_bytes("GET", LIVEZ)
POST = request_bytes("POST", VALIDATE, JSON_TYPE).removesuffix(b"\r\n")

# What is sent at once, and what then goes on, a bit at each step.
Endless = tuple[bytes, list[bytes]]

ENDLESS: dict[str, Endless] = {
    "a second first line": (ALIVE + b"GET /", [b"a"]),
    "headers of a second request": (ALIVE + ALIVE[:-2], [b"X", b":a", b"\r\n"]),
    "a body with a length": (POST + b"Content-Length: 9999\r\n\r\n", [b" "]),
    "a body that does not come": (POST + b"Content-Length: 9999\r\n\r\n", [b""]),
    "a body nobody wants": (ALIVE[:-2] + b"Content-Length: 9999\r\n\r\n", [b" "]),
    "a chunk": (POST + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n", [b" "]),
    "chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n", [b"1\r\n", b" \r\n"]),
    "a first line": (b"GET /", [b"a"]),
    "headers": (ALIVE[:-2], [b"X", b":a", b"\r\n"]),
    "empty lines": (b"", [b"\n"]),
    "nothing": (b"", [b""]),
}


def statuses_of(url: str, endless: Endless) -> list[int]:
    """Go on until the server has had enough."""
    beginning, more = endless
    heard = b""
    with line_to(url) as line:
        line.send(beginning)
        for step in range(MOST_STEPS):
            heard += line.hear_for(PACE_SECONDS)
            if line.ended:
                return [answer.status for answer in answers_in(heard)]
            line.send(more[step % len(more)])
    raise AssertionError(HANGS)


def test_a_request_that_does_not_end_is_ended(
    tmp_path: Path, figure: Callable[[str, str], None]
) -> None:
    with running_target(tmp_path) as target, ThreadPoolExecutor(len(ENDLESS)) as clients:
        survivor = create(target.url)
        began = time.monotonic()
        underway = {n: clients.submit(statuses_of, target.url, e) for n, e in ENDLESS.items()}
        statuses = {name: future.result() for name, future in underway.items()}
        longest = time.monotonic() - began
        assert_nothing_to_hide(target.server.log)
        assert redeem(target.url, survivor) == 200
    for name, seen in statuses.items():
        honest = [200] if "second" in name else []
        assert seen in (honest, [*honest, 400], [*honest, 408]), f"{name}: {seen}"
    figure(
        "hostile HTTP, requests that do not end, a byte at a time",
        f"{len(ENDLESS)} kinds, all ended by the server, the last after {longest:.1f} s",
    )
