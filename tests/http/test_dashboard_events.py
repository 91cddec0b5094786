"""The stream of the dashboard, on either transport."""

import asyncio
import socket

import pytest
from tornado.web import Application

from domain.dashboard_pass import LIFETIME_MS
from entrypoints.http.dashboard import viewer as viewer_module
from entrypoints.http.dashboard.audience import Audience
from entrypoints.http.server import GuardedServer, stop_gracefully
from tests.http.dashboard import EVENTS, desk_of, sign_in, watching
from tests.http.house import ADMIN_KEY, OTHER_KEY, PORTAL_KEY, STRANGE_KEY, House, in_house
from tests.http.talk import (
    PATIENCE_SECONDS,
    STATUS,
    Api,
    code_of,
    fields,
    request_bytes,
    until,
    wire,
)

pytestmark = pytest.mark.gen_test


@pytest.fixture
def audience(app: Application) -> Audience:
    """Give whoever watches a frame every twentieth of a second."""
    audience = desk_of(app).audience
    audience.seconds = 0.05
    return audience


async def test_a_stream_says_what_it_is_and_what_is_going_on(
    api: Api, http_port: int, audience: Audience
) -> None:
    cookie = await sign_in(api)
    await audience.show.take.execute()
    session_id = await api.create(OTHER_KEY)
    await api.create(OTHER_KEY)
    for _ in range(2):
        await api.redeem(session_id)
    await api.send("GET", STATUS, key=STRANGE_KEY)
    status = fields(await api.send("GET", STATUS, key=ADMIN_KEY))
    async with watching(http_port, cookie) as stream:
        assert stream.head.status == 200
        headers = stream.head.headers
        assert headers["Content-Type"] == "text/event-stream"
        assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
        frame = await stream.frame()
        while not frame["events"]:  # the first may come before the store has answered
            frame = await stream.frame()
    assert audience.composed > 0
    assert frame["sessions"] == {
        "active": status["active_sessions"],
        "used": status["used_sessions"],
        "created": status["total_created"],
        "redeemed": status["total_used"],
        "cap": status["max_sessions"],
    }
    latest = [event["event"] for event in frame["events"][:3]]
    assert latest == ["key_rejected", "replay_attempted", "session_redeemed"]
    assert session_id not in str(frame)
    assert frame["store"]["away_since"] is None
    assert {"create_session", "validate_session"} <= {each["route"] for each in frame["routes"]}


async def test_a_frame_has_what_was_counted_since_the_reading_before(
    api: Api, http_port: int, house: House, audience: Audience
) -> None:
    cookie = await sign_in(api)
    await audience.show.take.execute()
    session_id = await api.create(PORTAL_KEY)
    await api.redeem(session_id)
    await api.redeem(session_id)
    await api.send("GET", STATUS)
    house.clock.time += 5_000
    async with watching(http_port, cookie) as stream:
        frame = await stream.frame()
    assert frame["window"]["reasons"] == {"used": 1}
    assert frame["window"]["others"] == {"keys_rejected": 1}
    assert frame["paces"] == [[house.clock.now(), 0.2, 0.2, 0.2]]


async def test_who_leaves_is_watching_no_more(
    api: Api, http_port: int, audience: Audience, house: House
) -> None:
    cookie = await sign_in(api)
    async with watching(http_port, cookie) as stream:
        await stream.frame()
        assert audience.viewers == 1
        assert house.runtime.face.drain.in_flight == 0
    await until(lambda: audience.viewers == 0)


async def test_beyond_the_bound_there_is_a_503_that_can_be_read(
    api: Api, http_port: int, audience: Audience
) -> None:
    cookie, audience.most = await sign_in(api), 2
    async with watching(http_port, cookie) as first, watching(http_port, cookie) as second:
        await first.frame()
        await second.frame()
        response = await api.send("GET", EVENTS, headers={"Cookie": cookie})
        assert (response.code, code_of(response)) == (503, "dashboard_full")
        assert response.headers["Retry-After"] == "10"
        await first.frame()


async def test_a_stream_ends_with_its_pass_and_says_so(
    api: Api, http_port: int, house: House, audience: Audience
) -> None:
    async with watching(http_port, await sign_in(api)) as stream:
        await stream.frame()
        house.clock.time += LIFETIME_MS
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (message := await stream.message())[0] == "message":
                pass
        assert message == ("signed_out", {})
        assert (await stream.end()).endswith(b"0\r\n\r\n")
    assert audience.viewers == 0


async def test_a_stream_ends_when_the_server_drains_and_holds_it_up_no_longer(
    api: Api, http_port: int, http_server: GuardedServer, house: House, audience: Audience
) -> None:
    async with watching(http_port, await sign_in(api)) as stream:
        await stream.frame()
        drain = house.runtime.face.drain
        async with asyncio.timeout(PATIENCE_SECONDS):
            stopping = asyncio.create_task(stop_gracefully(http_server, drain, 0.2))
            assert (await stream.end()).endswith(b"0\r\n\r\n")
            await stopping
    assert audience.viewers == 0


async def test_to_a_proxy_of_http_1_0_the_end_of_the_connection_is_the_end(
    api: Api, http_port: int, house: House, audience: Audience
) -> None:
    cookie = await sign_in(api)
    asked = request_bytes("GET", EVENTS, f"Cookie: {cookie}", "Connection: keep-alive")
    asked = asked.replace(b"HTTP/1.1", b"HTTP/1.0")
    async with wire(http_port) as line:
        head = await line.ask(asked)
        assert "Transfer-Encoding" not in head.headers
        assert b"data: {" in await line.reader.readuntil(b"}\n\n")
        house.clock.time += LIFETIME_MS
        assert (await line.rest()).endswith(b"event: signed_out\ndata: {}\n\n")
    assert audience.viewers == 0


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer_module, "WRITE_SECONDS", 0.2)


@pytest.mark.usefixtures("impatient")
async def test_who_does_not_read_is_dropped_while_others_see_all(
    api: Api, http_port: int, audience: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = await sign_in(api)
    # So large that the kernel's buffers are full after a few.
    monkeypatch.setattr(Audience, "fields", lambda *_: {"filler": "x" * 1_000_000})
    asked = request_bytes("GET", EVENTS, f"Cookie: {cookie}")
    with socket.create_connection(("127.0.0.1", http_port)) as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.sendall(asked)
        await until(lambda: audience.viewers == 1)
        async with wire(http_port) as line:
            await line.ask(asked)
            received = 0
            async with asyncio.timeout(PATIENCE_SECONDS):
                while audience.viewers != 1 or not received:
                    received += len(await line.reader.read(65_536))
    assert received > 1_000_000


async def test_requests_that_are_too_many_do_not_shut_a_viewer_out(
    api: Api, http_port: int, house: House, audience: Audience
) -> None:
    cookie, admission = await sign_in(api), house.runtime.face.admission
    crowd = range(admission.most + 1)
    for each in crowd:
        admission.begin(each)
    async with watching(http_port, cookie) as stream:
        assert (await stream.frame())["server"]["workers"] == 1
    for each in crowd:
        admission.end(each)
    assert audience.composed > 0


@in_house(STORAGE="redis", REDIS_PORT="1", REDIS_TIMEOUT_MS="50")
async def test_while_redis_is_away_the_stream_goes_on_and_says_since_when(
    api: Api, http_port: int, house: House, audience: Audience
) -> None:
    async with watching(http_port, await sign_in(api)) as stream:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (frame := await stream.frame())["store"]["away_since"] is None:
                pass
        since = frame["store"]["away_since"]
        house.clock.time += 2_000
        while (later := await stream.frame())["at"] == frame["at"]:
            pass
    assert since == house.clock.now() - 2_000
    assert later["store"]["away_since"] == since
    assert later["store"]["at"] is None
    assert audience.composed >= 2
    await asyncio.wait_for(house.runtime.close(), PATIENCE_SECONDS)
