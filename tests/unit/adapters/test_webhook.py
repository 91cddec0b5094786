"""Alerts are posted to a real receiver, which verifies them with another's code."""

import asyncio
import base64
import gc
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import standardwebhooks
from attrs import Factory, define

from adapters.system import SystemClock, SystemRandomness
from adapters.webhook import MOST_TRIES, MOST_WAITING, Receiver, Webhook
from domain.alerts import Change, Notice

KEY = b"012345678901234567890123"
PATIENCE_SECONDS = 60
NOTICE = Notice(
    alert="cap_near",
    change=Change.RAISED,
    subject="portal",
    value=93.5,
    at=1_700_000_000_123,
    since=1_700_000_000_000,
)


@define
class Post:
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> str:
        return self.headers["webhook-id"]

    def verified(self) -> Any:
        """Return what it says. Raises where the signature, or its time, is not right."""
        verifier = standardwebhooks.Webhook(base64.b64encode(KEY).decode())
        return verifier.verify(self.body, self.headers)


@define
class House:
    """Receives posts and answers as a test says, the last way from then on.

    ``None`` is no answer but a connection that is closed, 0 no answer at all.
    """

    answers: list[int | None] = Factory(lambda: [200])
    posts: list[Post] = Factory(list)
    arrived: asyncio.Semaphore = Factory(lambda: asyncio.Semaphore(0))
    given_up: list[tuple[str, str]] = Factory(list)
    pauses: list[float] = Factory(list)
    ours: bool = True
    port: int = 0

    async def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers["content-length"]))
        self.posts.append(Post(headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.arrived.release()
        if answer == 0:
            await reader.read()
        elif answer is not None:
            location = f"Location: http://127.0.0.1:{self.port}/elsewhere\r\n"
            writer.write(f"HTTP/1.1 {answer} Said\r\n{location}Content-Length: 0\r\n\r\n".encode())
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def is_ours(self, _: Notice) -> bool:
        return self.ours

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def webhook(self) -> Webhook:
        return Webhook(
            Receiver(url=f"http://127.0.0.1:{self.port}/hook?a=b", key=KEY),
            self.is_ours,
            lambda notice, problem: self.given_up.append((notice.alert, problem)),
            SystemClock(),
            SystemRandomness(),
            wait=self.pause,
        )

    async def wait_for(self, posts: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for _ in range(posts):
                await self.arrived.acquire()


@asynccontextmanager
async def posting(house: House) -> AsyncIterator[Webhook]:
    receiving: set[asyncio.Task[None]] = set()

    def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiving.add(asyncio.ensure_future(house.receive(reader, writer)))

    server = await asyncio.start_server(come, "127.0.0.1", 0)
    house.port = server.sockets[0].getsockname()[1]
    webhook = house.webhook()
    webhook.start()
    try:
        yield webhook
    finally:
        await webhook.close()
        await asyncio.gather(*receiving)  # whoever hangs does so until he is left
        server.close()
        await server.wait_closed()


def in_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(test())

    run.__name__ = test.__name__
    return run


async def settle(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0.005)


@in_a_loop
async def test_a_notice_is_posted_once_and_its_signature_holds() -> None:
    house = House()
    async with posting(house) as webhook:
        webhook.tell(NOTICE)
        await house.wait_for(1)
    (post,) = house.posts
    assert post.verified() == {
        "type": "alert.raised",
        "timestamp": "2023-11-14T22:13:20.123+00:00",
        "data": {
            "alert": "cap_near",
            "client": "portal",
            "value": 93.5,
            "since": "2023-11-14T22:13:20.000+00:00",
        },
    }
    assert post.headers["content-type"] == "application/json"
    assert house.given_up == []


@in_a_loop
async def test_who_changes_a_byte_or_has_another_secret_is_found_out() -> None:
    house = House()
    async with posting(house) as webhook:
        webhook.tell(NOTICE)
        await house.wait_for(1)
    (post,) = house.posts
    forged = Post(post.headers, post.body.replace(b"portal", b"pOrtal"))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        forged.verified()
    stranger = standardwebhooks.Webhook(base64.b64encode(KEY[::-1]).decode())
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        stranger.verify(post.body, post.headers)


@in_a_loop
async def test_what_is_not_taken_comes_again_as_the_same_message_ever_more_slowly() -> None:
    house = House(answers=[500, None, 503, 204])
    async with posting(house) as webhook:
        webhook.tell(NOTICE)
        await house.wait_for(4)
    assert len({post.message for post in house.posts}) == 1
    assert len({post.body for post in house.posts}) == 1
    for post in house.posts:
        post.verified()
    assert len(house.pauses) == 3
    for pause, most in zip(house.pauses, (1, 2, 4), strict=True):
        assert most / 2 <= pause <= most
    assert house.given_up == []


@in_a_loop
async def test_what_is_never_taken_is_given_up_and_the_next_is_posted() -> None:
    house = House(answers=[*([500] * MOST_TRIES), 200])
    async with posting(house) as webhook:
        webhook.tell(NOTICE)
        webhook.tell(NOTICE)
        await house.wait_for(MOST_TRIES + 1)
    assert house.given_up == [("cap_near", "status 500")]
    assert len({post.message for post in house.posts}) == 2


@pytest.mark.parametrize(
    ("answer", "seconds", "problem"),
    [(0, 0.05, "no answer within 0.05 s"), (None, PATIENCE_SECONDS, "connection closed")],
)
def test_why_there_was_no_answer_is_told(
    answer: int | None, seconds: float, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.webhook.ANSWER_SECONDS", seconds)

    @in_a_loop
    async def told() -> None:
        house = House(answers=[answer])
        async with posting(house) as webhook:
            webhook.tell(NOTICE)
            await settle(lambda: bool(house.given_up))
        assert house.given_up == [("cap_near", problem)]

    told()


def test_a_post_that_the_stop_cuts_short_is_no_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @in_a_loop
    async def stop() -> None:
        house = House(answers=[0])
        async with posting(house) as webhook:
            webhook.tell(NOTICE)
            await house.wait_for(1)
        assert house.given_up == [("cap_near", "stopped")]

    stop()
    gc.collect()  # what a future has to say, it says at its end
    assert not caplog.records


@in_a_loop
async def test_a_redirect_is_not_followed() -> None:
    house = House(answers=[307])
    async with posting(house) as webhook:
        webhook.tell(NOTICE)
        await house.wait_for(MOST_TRIES)
        await settle(lambda: bool(house.given_up))
    assert house.given_up == [("cap_near", "status 307")]
    assert len(house.posts) == MOST_TRIES


@in_a_loop
async def test_nobody_at_the_address_is_a_try_like_any_other() -> None:
    house = House()
    webhook = house.webhook()  # of port 0, at which nobody can be
    webhook.start()
    webhook.tell(NOTICE)
    await settle(lambda: bool(house.given_up))
    await webhook.close()
    assert [alert for alert, _ in house.given_up] == ["cap_near"]
    assert len(house.pauses) == MOST_TRIES - 1


@in_a_loop
async def test_a_receiver_that_hangs_holds_up_neither_who_tells_nor_who_stops() -> None:
    house = House(answers=[0])
    async with posting(house) as webhook:
        webhook.tell(NOTICE)
        await house.wait_for(1)
        for _ in range(MOST_WAITING + 3):
            webhook.tell(NOTICE)
        assert house.given_up == [("cap_near", "too many wait")] * 3
        async with asyncio.timeout(PATIENCE_SECONDS / 2):
            await webhook.close()
    assert house.given_up[3:] == [("cap_near", "stopped")] * (MOST_WAITING + 1)


@in_a_loop
async def test_what_another_server_tells_is_not_told_twice() -> None:
    house = House(ours=False)
    async with posting(house) as webhook:
        webhook.tell(NOTICE)
        await settle(webhook._waiting.empty)
        house.ours = True
        webhook.tell(NOTICE)
        await house.wait_for(1)
    assert len(house.posts) == 1
    assert json.loads(house.posts[0].body)["type"] == "alert.raised"


def test_a_receiver_shows_neither_its_address_nor_its_secret() -> None:
    shown = repr(Receiver(url="https://hooks.example/T0/secret-path", key=KEY))
    assert "secret-path" not in shown
    assert KEY.decode() not in shown
