"""The short way and Tornado's way give the same answers, byte for byte."""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import pytest
from attrs import frozen
from structlog.testing import capture_logs
from tornado.httputil import RequestStartLine
from tornado.ioloop import IOLoop
from tornado.testing import bind_unused_port

from adapters.memory.sessions import MemorySessions
from domain.grant_token import GrantToken
from domain.session_id import Digest, SessionId
from entrypoints.http.admission import Admission
from entrypoints.http.create_session import CreateSessionRoute
from entrypoints.http.grant_cookie import name_for
from entrypoints.http.hot_routes import HotRequest
from entrypoints.http.server import GuardedServer, HttpLimits, make_server
from tests.http.conftest import end
from tests.http.fakes import AwaySessions, GatedSessions, IndiscreetRedeem, Scene, assemble
from tests.http.house import OTHER_KEY, PORTAL_KEY, STRANGE_KEY, tag_of, unknown_id
from tests.http.talk import (
    CREATE,
    IFRAME,
    PATIENCE_SECONDS,
    VALIDATE,
    at,
    chunked,
    request_bytes,
    wire,
)
from tests.support.worlds import SteppedClock

SECRET = bytes(range(24))  # what CountedRandomness gives
ID = SessionId.compose(tag_of("portal"), SECRET).text
TOKEN = GrantToken.compose(tag_of("portal"), Digest.of(ID), SECRET)
HELD = f"Cookie: {name_for(TOKEN)}={TOKEN.text}"
OWN = f"Authorization: Bearer {PORTAL_KEY}"
pytestmark = pytest.mark.gen_test

ENGLISH = "Accept-Language: en-GB, pt;q=0.5"


def create(*headers: str, body: object = None) -> bytes:
    sent = b"" if body is None else json.dumps(body).encode()
    more = ["Content-Type: application/json"] if body is not None else []
    return request_bytes("POST", CREATE, f"Content-Length: {len(sent)}", *more, *headers, body=sent)


def redeem(session_id: str, *headers: str) -> bytes:
    return request_bytes("GET", at(VALIDATE, session_id), *headers)


def redeem_by_post(session_id: str, *headers: str) -> bytes:
    body = json.dumps({"session_id": session_id}).encode()
    lines = [f"Content-Length: {len(body)}", "Content-Type: application/json", *headers]
    return request_bytes("POST", VALIDATE, *lines, body=body)


def open_page(session_id: str, *headers: str) -> bytes:
    return request_bytes("GET", at(IFRAME, session_id), *headers)


CARRIED = {"subject": "maria", "metadata": {"report": 7, "ação": [1.5, None]}, "ttl_seconds": 90}

# What is asked one after the other, on one connection.
EXCHANGES = {
    "create and redeem": [create(OWN), redeem(ID)],
    "in English": [create(OWN, ENGLISH), redeem(ID, ENGLISH), redeem(ID, ENGLISH)],
    "with a payload": [create(OWN, body=CARRIED), redeem_by_post(ID, OWN)],
    "redeemed twice": [create(OWN), redeem_by_post(ID), redeem_by_post(ID)],
    "why, by key": [create(OWN), redeem(ID, OWN), redeem(ID, OWN), redeem_by_post(ID, OWN)],
    "by another's key": [create(OWN), redeem(ID, f"Authorization: Bearer {OTHER_KEY}")],
    "again by idempotency key": [
        create(OWN, "Idempotency-Key: 1"),
        create(OWN, "Idempotency-Key: 1"),
        create(OWN, "Idempotency-Key: 1", body=CARRIED),
    ],
    "opened": [create(OWN), open_page(ID), open_page(ID, ENGLISH)],
    "opened, and reloaded by who holds its grant": [
        create(OWN),
        open_page(ID),
        open_page(ID, HELD),
        open_page(unknown_id(), HELD),
        request_bytes("GET", IFRAME, HELD, ENGLISH),
        request_bytes("GET", IFRAME, "Cookie: __Host-fg-0=nothing"),
    ],
    "for the last time on the connection": [create(OWN, "Connection: close")],
    "the same in other letters": [create(OWN, "connection: Close")],
    "unknown": [redeem(unknown_id()), open_page(unknown_id()), redeem("x")],
    "no key": [create(), create("Authorization: Basic eDp5")],
    "a strange key": [create(f"Authorization: Bearer {STRANGE_KEY}")],
    "a bad body": [create(OWN, body=[]), create(OWN, body={"ttl_seconds": 0})],
    "a field too many": [create(OWN, body={"ttl": 1}), create(OWN, body={"subject": ""})],
    "no id": [
        redeem_by_post("", OWN),
        request_bytes("GET", VALIDATE),
        request_bytes("GET", IFRAME),
    ],
    "a prefetch": [redeem(unknown_id(), "Sec-Purpose: prefetch"), open_page(ID, "X-Moz: prefetch")],
    "the same id given twice by the generator": [create(OWN), create(OWN)],
}

# What is for Tornado's way to judge.
OUT_OF_THE_ORDINARY = {
    "chunked": request_bytes("POST", CREATE, OWN, "Transfer-Encoding: chunked", body=chunked(b"")),
    "expects to be told to go on": request_bytes("GET", VALIDATE, "Expect: 100-continue"),
    "wants another protocol": request_bytes("GET", VALIDATE, "Upgrade: h2c"),
    "HTTP/1.0": request_bytes("GET", VALIDATE).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "HEAD": request_bytes("HEAD", VALIDATE),
    "another method": request_bytes("PUT", CREATE, "Content-Length: 0"),
    "an encoded query": request_bytes("GET", f"{VALIDATE}?session_id=%66gs"),
    "two fields": request_bytes("GET", f"{VALIDATE}?session_id=a&b=c"),
    "a large body": request_bytes("POST", CREATE, OWN, "Content-Length: 16385", body=b" " * 16385),
    "a long address": request_bytes("GET", f"{VALIDATE}?session_id={'a' * 4096}"),
    "much in the head": request_bytes("GET", VALIDATE, f"X-Much: {'a' * 8192}"),
    "no host": b"GET " + VALIDATE.encode() + b" HTTP/1.1\r\n\r\n",
    "a host that is none": b"GET " + VALIDATE.encode() + b" HTTP/1.1\r\nHost: a b\r\n\r\n",
    "two hosts": request_bytes("GET", VALIDATE, "Host: b"),
}


@frozen
class Pair:
    """Two servers that differ in nothing but in the way that requests go."""

    hot: int
    ordinary: int
    taken: list[str]


Build = Callable[[], Scene]


@pytest.fixture
def serve(io_loop: IOLoop, transport: str) -> Iterator[Callable[[Scene], int]]:
    servers: list[GuardedServer] = []

    def start(scene: Scene) -> int:
        listener, port = bind_unused_port()
        servers.append(make_server(scene.application, HttpLimits(), transport))
        servers[-1].add_sockets([listener])
        return port

    yield start
    for server in servers:
        io_loop.run_sync(partial(end, server), timeout=PATIENCE_SECONDS)


@pytest.fixture
def pair(serve: Callable[[Scene], int], monkeypatch: pytest.MonkeyPatch) -> Callable[[Build], Pair]:
    def make(build: Build) -> Pair:
        hot, ordinary = build(), build()
        taken: list[str] = []
        take = hot.application.settings["hot_routes"].take

        def noting(line: RequestStartLine, *rest: object) -> HotRequest | None:
            request: HotRequest | None = take(line, *rest)
            taken.extend([line.method] if request else [])
            return request

        monkeypatch.setattr(hot.application.settings["hot_routes"], "take", noting)
        monkeypatch.setattr(ordinary.application.settings["hot_routes"], "take", lambda *_: None)
        return Pair(serve(hot), serve(ordinary), taken)

    return make


async def answers(port: int, requests: list[bytes]) -> list[bytes]:
    """Ask one after the other; the answers as they come, but for their dates."""
    async with wire(port) as line:
        heard = []
        for request in requests:
            await line.send(request)
            head = await line.reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"Content-Length: ([0-9]+)", head)
            body = await line.reader.readexactly(int(length[1]) if length else 0)
            dated = re.subn(rb"Date: [A-Z][a-z]{2}, [0-9]{2} .{13,20} GMT\r\n", b"", head)
            assert dated[1] == 1
            heard.append(dated[0] + body)
    return heard


@pytest.mark.parametrize("requests", EXCHANGES.values(), ids=EXCHANGES)
async def test_both_ways_give_the_same_bytes(
    pair: Callable[[Build], Pair], tmp_path: Path, requests: list[bytes]
) -> None:
    two = pair(lambda: assemble(tmp_path, MemorySessions(SteppedClock())))

    short = await answers(two.hot, requests)

    assert short == await answers(two.ordinary, requests)
    assert len(two.taken) == len(requests), "not all of them went the short way"


TROUBLED: dict[str, Callable[[Path], Scene]] = {
    "the store is away": lambda folder: assemble(folder, AwaySessions()),
    "a fault of ours": lambda folder: assemble(
        folder, MemorySessions(SteppedClock()), redeem=IndiscreetRedeem
    ),
    "over TLS": lambda folder: assemble(
        folder, MemorySessions(SteppedClock()), public_url="https://gate.example/under"
    ),
}


@pytest.mark.parametrize("build", TROUBLED.values(), ids=TROUBLED)
async def test_they_do_so_where_not_all_is_well(
    pair: Callable[[Build], Pair], tmp_path: Path, build: Callable[[Path], Scene]
) -> None:
    two = pair(lambda: build(tmp_path))
    requests = [create(OWN), redeem(ID), open_page(ID, ENGLISH), redeem_by_post(ID, OWN)]

    with capture_logs():  # structlog's own way with tracebacks takes seconds
        short = await answers(two.hot, requests)
        long = await answers(two.ordinary, requests)

    assert short == long
    assert len(two.taken) == len(requests)


async def test_they_do_so_when_the_server_is_on_its_way_out(
    pair: Callable[[Build], Pair], tmp_path: Path
) -> None:
    def stopping() -> Scene:
        scene = assemble(tmp_path, MemorySessions(SteppedClock()))
        scene.face.drain.started = True
        return scene

    two = pair(stopping)

    (short,) = await answers(two.hot, [create(OWN)])

    assert [short] == await answers(two.ordinary, [create(OWN)])
    assert b"Connection: close" in short
    assert two.taken == ["POST"]


@pytest.mark.parametrize("request_", OUT_OF_THE_ORDINARY.values(), ids=OUT_OF_THE_ORDINARY)
async def test_what_is_out_of_the_ordinary_goes_tornados_way(
    pair: Callable[[Build], Pair], tmp_path: Path, request_: bytes
) -> None:
    two = pair(lambda: assemble(tmp_path, MemorySessions(SteppedClock())))

    async with wire(two.hot) as line:
        await line.send(request_)
        assert (await line.reader.readline()).startswith(b"HTTP/1.1 ")

    assert two.taken == []


async def test_a_crowd_is_turned_away_on_both_ways_alike(
    pair: Callable[[Build], Pair], tmp_path: Path
) -> None:
    store = MemorySessions(SteppedClock())
    two = pair(lambda: assemble(tmp_path, store, admission=Admission(0)))

    (short,) = await answers(two.hot, [create(OWN)])

    assert [short] == await answers(two.ordinary, [create(OWN)])
    assert b"overloaded" in short


async def test_a_request_that_takes_too_long_is_ended_on_both_ways_alike(
    pair: Callable[[Build], Pair], tmp_path: Path
) -> None:
    two = pair(lambda: assemble(tmp_path, GatedSessions(), request_seconds=0.05))

    short = await answers(two.hot, [create(OWN), redeem(ID)])

    assert short == await answers(two.ordinary, [create(OWN), redeem(ID)])
    assert b"store_unavailable" in short[1]
    assert two.taken == ["POST", "GET"]


async def test_a_caller_who_cannot_even_be_told_that_it_failed_is_hung_up_on(
    pair: Callable[[Build], Pair], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenes: list[Scene] = []

    def build() -> Scene:
        scenes.append(assemble(tmp_path, AwaySessions()))
        return scenes[-1]

    def refuse(*_: object) -> None:
        raise RuntimeError("no words")

    two = pair(build)
    monkeypatch.setattr(CreateSessionRoute, "refuse", refuse)
    async with wire(two.hot) as line:
        with capture_logs() as logs:
            await line.send(create(OWN))
            assert await line.rest() == b""

    assert [log["event"] for log in logs if log["log_level"] == "error"] == ["uncaught_exception"]
    assert scenes[0].face.drain.in_flight == 0


OURS = frozenset(("adapters", "application", "domain", "entrypoints", "tornado"))
"""Whose functions count: those of the server, and none of the test's or the loop's."""


MANY_CALLS = 100


@contextmanager
def calls_counted() -> Iterator[Counter[str]]:
    """Count calls of the server's own functions and of Tornado's."""
    counted: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        path = frame.f_code.co_filename
        if event == "call" and not OURS.isdisjoint(Path(path).parts):
            counted[path] += 1

    sys.setprofile(note)
    try:
        yield counted
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize(
    "asked",
    [create(), redeem(unknown_id()), open_page(unknown_id())],
    ids=["create", "redeem", "page"],
)
async def test_the_short_way_saves_a_request_many_calls(
    pair: Callable[[Build], Pair], tmp_path: Path, asked: bytes
) -> None:
    two = pair(lambda: assemble(tmp_path, MemorySessions(SteppedClock())))
    calls = []
    for port in (two.hot, two.ordinary):
        await answers(port, [asked] * 3)  # what is made once has been made
        with calls_counted() as counted:
            await answers(port, [asked] * 10)
        calls.append(counted.total() / 10)
    hot, ordinary = calls
    assert hot + MANY_CALLS < ordinary, calls
