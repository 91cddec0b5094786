"""What the fast transport does where Tornado's own closes a connection without a word."""

import asyncio
import random

import pytest
from tornado.httputil import HTTPHeaders
from tornado.web import Application, RequestHandler

from entrypoints.http.server import GuardedServer, stop_gracefully
from entrypoints.http.transport.exchange import Exchange
from entrypoints.http.transport.head import HeadReader
from tests.http.fakes import GatedSessions, Scene
from tests.http.house import PORTAL_KEY
from tests.http.talk import (
    CREATE,
    JSON,
    LIVEZ,
    VALIDATE,
    Answer,
    Api,
    Wire,
    at,
    knock,
    request_bytes,
    until,
    wire,
)

pytestmark = [pytest.mark.gen_test, pytest.mark.usefixtures("http_server")]

KIB = 1024
ALIVE = request_bytes("GET", LIVEZ)


@pytest.fixture
def transport() -> str:
    return "fast"


class Farewell(RequestHandler):
    def get(self) -> None:
        self.set_header("Connection", "close")
        self.write("farewell")


class Prepared(RequestHandler):
    def get(self) -> None:
        connection = self.request.connection
        assert isinstance(connection, Exchange)
        closes = self.get_argument("closes", "") != ""
        connection.write_whole(200, b"X-From: bytes\r\n", b"ok", closes=closes)
        self._finished = True


@pytest.fixture
def app(scene: Scene) -> Application:
    scene.application.add_handlers(".*", [("/farewell", Farewell), ("/prepared", Prepared)])
    return scene.application


async def assert_refused(line: Wire, status: int, code: str) -> Answer:
    answer = await line.answer()
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Connection"] == "close"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Date" in answer.headers
    assert await line.rest() == b""
    return answer


MALFORMED = {
    "no HTTP": b"\x16\x03\x01\x00\x80\x01\r\n\r\n",
    "half a line": b"GET /livez\r\n\r\n",
    "LF": b"GET /livez HTTP/1.1\nHost: localhost\n\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "RTSP": b"OPTIONS * RTSP/1.0\r\nHost: localhost\r\n\r\n",
    "folded": request_bytes("GET", LIVEZ, "X-A: a\r\n b"),
    "space before a colon": request_bytes("GET", LIVEZ, "X-A : a"),
    "NUL": request_bytes("GET", LIVEZ, "X-A: \0"),
    "two hosts": request_bytes("GET", LIVEZ, "Host: other"),
    "no host": b"GET /livez HTTP/1.1\r\n\r\n",
    "two lengths": request_bytes("POST", CREATE, "Content-Length: 1", "Content-Length: 2"),
    "length and chunks": request_bytes(
        "POST", CREATE, "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"
    ),
    "another coding": request_bytes("POST", CREATE, "Transfer-Encoding: xchunked"),
    "two codings": request_bytes("POST", CREATE, "Transfer-Encoding: gzip, chunked"),
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_request_is_refused_in_words(http_port: int, sent: bytes) -> None:
    async with wire(http_port) as line:
        await line.send(sent)
        await assert_refused(line, 400, "bad_request")


BAD_CHUNKS = {
    "size": b"x\r\n",
    "size with a sign": b"+5\r\nabcde\r\n0\r\n\r\n",
    "size with 0x": b"0x5\r\nabcde\r\n0\r\n\r\n",
    "size with a space": b"5 \r\nabcde\r\n0\r\n\r\n",
    "extension": b"5;a=b\r\nabcde\r\n0\r\n\r\n",
    "trailer": b"5\r\nabcde\r\n0\r\nX-A: b\r\n\r\n",
    "end": b"5\r\nabcdef\r\n0\r\n\r\n",
    "LF": b"5\nabcde\n0\n\n",
    "long size": b"0" * 70,
}


@pytest.mark.parametrize("chunks", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
async def test_bad_chunks_are_refused_in_words(http_port: int, scene: Scene, chunks: bytes) -> None:
    headers = (f"Content-Type: {JSON}", "Transfer-Encoding: chunked", "Accept-Language: en")
    async with wire(http_port) as line:
        await line.send(request_bytes("POST", VALIDATE, *headers, body=chunks))
        answer = await assert_refused(line, 400, "bad_request")
    assert b"could not be understood" in answer.body
    await until(lambda: not scene.face.drain.in_flight)
    assert not scene.face.admission._busy


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (request_bytes("GET", "/" + "a" * 40 * KIB), 414, "address_too_long"),
        (b"GET /" + b"a" * 40 * KIB, 414, "address_too_long"),
        (request_bytes("GET", LIVEZ, "X-A: " + "a" * 40 * KIB), 431, "headers_too_large"),
        (ALIVE[:-2] + b"X-A: b\r\n" * 5 * KIB, 431, "headers_too_large"),
    ],
    ids=["a line", "a line that goes on", "a header", "headers that go on"],
)
async def test_a_head_beyond_the_buffer_is_refused_in_words(
    http_port: int, sent: bytes, status: int, code: str
) -> None:
    async with wire(http_port) as line:
        await line.send(sent)
        await assert_refused(line, status, code)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", b"could not be understood"), ("pt-PT", b"ser entendida"), ("", b"ser entendida")],
)
async def test_a_refusal_is_in_the_callers_language(
    http_port: int, language: str, words: bytes
) -> None:
    sent = request_bytes("GET", LIVEZ, "X-A : b", f"Accept-Language: {language}")
    async with wire(http_port) as line:
        await line.send(sent)
        answer = await assert_refused(line, 400, "bad_request")
    assert words in answer.body


async def test_whoever_is_still_sending_gets_to_read_the_refusal(http_port: int) -> None:
    async with wire(http_port) as line:
        await line.send(request_bytes("POST", CREATE, "Content-Length: 1, 2"))
        refusal = await line.reader.readexactly(100)
        for _ in range(10):
            # To one who has been hung up on, this would be an error before he has read on.
            await line.send(b"x" * 60 * KIB)
            await asyncio.sleep(0)
        rest = await line.rest()
    assert refusal.startswith(b"HTTP/1.1 400 ")
    assert rest.endswith(b'"code":"bad_request"}')


async def test_whoever_does_not_stop_sending_is_hung_up_on(http_port: int) -> None:
    async with wire(http_port) as line:
        await line.send(b"no HTTP\r\n\r\n")
        with pytest.raises(ConnectionError):
            await line.send(b"x" * 64 * KIB * KIB)


@pytest.mark.parametrize("bodies", [1, 3])
async def test_whoever_has_nothing_more_to_ask_is_answered_all_he_has_asked(
    http_port: int, bodies: int
) -> None:
    async with wire(http_port) as line:
        line.writer.write(ALIVE * bodies)
        line.writer.write_eof()
        assert (await line.rest()).count(b'{"status":"alive"}') == bodies


async def test_whoever_may_have_gone_is_answered_if_he_has_not(
    api: Api, http_port: int, store: GatedSessions, scene: Scene
) -> None:
    session_id = await api.create(PORTAL_KEY)
    async with wire(http_port) as line:
        line.writer.write(request_bytes("GET", at(VALIDATE, session_id)))
        await store.entered.wait()
        line.writer.write_eof()
        await until(lambda: not scene.face.drain.in_flight)  # as he may have gone
        store.may_answer.set()
        assert (await line.answer()).status == 200
        assert await line.rest() == b""


async def test_half_a_request_and_no_more_to_come_ends_the_connection(http_port: int) -> None:
    for part in (ALIVE[:-2], request_bytes("POST", CREATE, "Content-Length: 5", body=b"ab")):
        async with wire(http_port) as line:
            line.writer.write(part)
            line.writer.write_eof()
            assert await line.rest() == b""


async def test_a_handler_that_says_close_closes(http_port: int) -> None:
    async with wire(http_port) as line:
        await line.send(request_bytes("GET", "/farewell") + ALIVE)
        assert (await line.answer()).headers["Connection"] == "close"
        assert await line.rest() == b""


async def test_a_refusal_by_the_head_alone_leaves_the_connection_open(http_port: int) -> None:
    async with wire(http_port) as line:
        assert (await line.ask(request_bytes("GET", "/" + "a" * 5 * KIB))).status == 414
        assert (await line.ask(ALIVE)).status == 200


async def test_a_whole_answer_is_sent_as_the_bytes_that_it_is(http_port: int) -> None:
    async with wire(http_port) as line:
        answer = await line.ask(request_bytes("GET", "/prepared"))
        assert (answer.headers["X-From"], answer.body) == ("bytes", b"ok")
        assert "Connection" not in answer.headers
        closing = await line.ask(request_bytes("GET", "/prepared", "Connection: close"))
        assert (closing.headers["Connection"], closing.body) == ("close", b"ok")
        assert await line.rest() == b""
    async with wire(http_port) as line:
        closing = await line.ask(request_bytes("GET", "/prepared?closes=1"))
        assert (closing.headers["Connection"], closing.body) == ("close", b"ok")
        assert await line.rest() == b""


async def test_a_server_that_is_to_stop_closes_after_the_next_answer(
    http_port: int, http_server: GuardedServer
) -> None:
    async with wire(http_port) as line:
        assert (await line.ask(request_bytes("GET", "/prepared"))).status == 200
        http_server.end_keep_alive()
        answer = await line.ask(request_bytes("GET", "/prepared"))
        assert (answer.headers["Connection"], answer.body) == ("close", b"ok")
        assert await line.rest() == b""


async def test_whoever_stands_at_the_door_when_the_server_stops_is_answered(
    http_port: int, http_server: GuardedServer, scene: Scene
) -> None:
    async with knock(http_port, ALIVE) as line:
        await stop_gracefully(http_server, scene.face.drain, 0)
        assert (await line.rest()).endswith(b'{"status":"alive"}')


async def test_an_answer_leaves_in_one_piece(
    http_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    async with wire(http_port) as line:
        kind = type(line.writer.transport)
        monkeypatch.setattr(kind, "write", lambda _, data: written.append(data))
        line.writer.get_extra_info("socket")._sock.send(ALIVE)
        await until(lambda: bool(written))
    assert len(written) == 1
    assert written[0].endswith(b'{"status":"alive"}')


def test_an_application_gets_the_headers_that_tornado_would_make(seeded: random.Random) -> None:
    names = ["host", "X-a", "x-A", "COOKIE", "a-b-c", "a--b", "1a", "_", "x_y", "!#$%&'*+.^`|~"]
    values = ["", "a", "a b", " a\t", '"a, b"', "\xe9\xff", "\t", "a:b"]
    reader = HeadReader()
    for _ in range(500):
        lines = [
            f"{seeded.choice(names)}:{seeded.choice(['', ' ', chr(9)])}{seeded.choice(values)}"
            for _ in range(seeded.randrange(8))
        ]
        text = "".join(f"{line}\r\n" for line in lines)
        made = reader.read(f"GET / HTTP/1.1\r\n{text}\r\n".encode("latin-1")).headers
        expected = HTTPHeaders.parse(text)
        assert list(made.get_all()) == list(expected.get_all())
        assert dict(made) == dict(expected)
        assert vars(expected).keys() == {"_as_list", "_combined_cache"}, "all that there is to fill"
        assert made.copy() == expected
        made.add("X-A", "more")
        expected.add("X-A", "more")
        assert made["x-a"] == expected["x-a"]
        assert str(made) == str(expected)


def test_what_an_application_does_to_its_headers_is_not_seen_by_who_says_the_same() -> None:
    reader = HeadReader()
    head = b"GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-A: 2\r\n\r\n"
    first = reader.read(head).headers
    first.add("X-A", "3")
    first["Host"] = "b"
    del first["X-A"]

    second = reader.read(head).headers

    assert list(second.get_all()) == [("Host", "a"), ("X-A", "1"), ("X-A", "2")]
    assert second["X-A"] == "1,2"


def test_nobody_can_change_what_others_who_say_the_same_are_taken_to_have_said() -> None:
    head = b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer b\r\n\r\n"
    plain = HeadReader().read(head).headers.plain
    assert plain is not None
    with pytest.raises(TypeError):
        plain["Authorization"] = "Bearer c"  # type: ignore[index] # which is what it says


def test_a_long_head_is_not_remembered() -> None:
    reader = HeadReader()
    short, long = (b"GET / HTTP/1.1\r\nHost: a\r\nX: %b\r\n\r\n" % (b"x" * n) for n in (9, 1024))
    assert reader.read(short).headers.fields is reader.read(short).headers.fields
    assert reader.read(long).headers.fields is not reader.read(long).headers.fields


def test_no_more_heads_are_remembered_than_a_few_hundred() -> None:
    reader = HeadReader()
    heads = [b"GET / HTTP/1.1\r\nHost: a\r\nX: %d\r\n\r\n" % n for n in range(300)]
    first = reader.read(heads[0]).headers.fields
    for head in heads[1:]:
        reader.read(head)
    assert reader.read(heads[0]).headers.fields is not first


def test_heads_that_differ_in_their_version_alone_are_not_taken_for_each_other() -> None:
    reader = HeadReader()
    fields = b"Host: a\r\n\r\n"

    kept = [reader.read(b"GET / HTTP/1.%d\r\n%s" % (n, fields)).keep_alive for n in (1, 0, 1, 0)]

    assert kept == [True, False, True, False]
