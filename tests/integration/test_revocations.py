"""How a worker hears of revocations, from real servers and from one that says what we like."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path

import pytest
from attrs import Factory, define
from redis.asyncio.connection import AbstractConnection

from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.client import make_connections
from adapters.redis.control import RedisControl
from adapters.redis.grants import RedisGrants
from adapters.redis.link import RedisLink
from adapters.redis.revocations import CHANNEL, Revocations, heard_on, read
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from adapters.system import SystemRandomness
from domain.grant import Granting
from domain.opening import Opening
from domain.payload import Payload
from domain.session_id import Digest
from tests.support.redis_cluster import running_cluster
from tests.support.redis_sentinel import running_sentinels
from tests.support.redis_server import RedisServer, free_port
from tests.support.scripted_redis import Command, resp, scripted_redis
from tests.support.topology import NEVER_DOWN_MS

ALL = (None, None)
PATIENCE_SECONDS = 60

Told = tuple[str | None, Collection[Digest] | None]


@define
class Worker:
    """Listens as a worker does, and keeps what it is told."""

    forgotten: asyncio.Queue[Told] = Factory(asyncio.Queue)
    said: list[str] = Factory(list)

    def forget(self, client: str | None = None, sessions: Collection[Digest] | None = None) -> None:
        self.forgotten.put_nowait((client, sessions))

    async def next(self) -> Told:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.forgotten.get()

    @asynccontextmanager
    async def listening(
        self, make_connection: Callable[[], AbstractConnection]
    ) -> AsyncIterator[None]:
        revocations = Revocations(
            make_connection,
            self.forget,
            lost=lambda problem: self.said.append(f"lost: {problem}"),
            back=lambda: self.said.append("back"),
        )
        revocations.start()
        try:
            yield
        finally:
            await revocations.close()


def connections(address: RedisAddress) -> Callable[[], AbstractConnection]:
    return make_connections(address, RedisLimits(timeout_seconds=20))


async def revoke_in_all_ways(address: RedisAddress, worker: Worker) -> None:
    """Do so, and see that each is heard for what it is."""
    link = RedisLink.to(address, RedisLimits(timeout_seconds=20))
    scripts = load_scripts(SingleUse.STRICT)
    sessions, grants = RedisSessions(link, scripts), RedisGrants(link, scripts)
    control = RedisControl(link, scripts, SystemRandomness())
    digests = [Digest.of(f"session {n}") for n in range(4)]
    wish = Granting(token=Digest.of("token"), ttl_ms=60_000, idle_ms=60_000)
    for n, digest in enumerate(digests):
        payload = Payload("ana" if n else "rui")
        await sessions.create(
            Opening(client="portal", digest=digest, ttl_ms=60_000, cap=9, payload=payload)
        )
        await sessions.redeem("portal", digest, granting=wish)
    assert await grants.revoke("portal", digests[1])
    assert await worker.next() == ("portal", {digests[1]})
    await control.revoke_subject("portal", "ana")
    assert await worker.next() == ("portal", set(digests[2:]))
    await control.revoke_subject("portal", "nobody")
    await control.revoke_all("portal")
    assert await worker.next() == ("portal", None)
    # Who asks again may do so because the first time has not been heard of.
    assert not await grants.revoke("portal", digests[0])
    assert await worker.next() == ("portal", {digests[0]})
    await link.close()


async def hear_all(address: RedisAddress) -> None:
    worker = Worker()
    async with worker.listening(connections(address)):
        assert await worker.next() == ALL
        await revoke_in_all_ways(address, worker)
    assert worker.said == []


def test_a_worker_hears_of_every_revocation(redis_server: RedisServer) -> None:
    asyncio.run(hear_all(redis_server.address))


def test_so_it_does_behind_sentinels(tmp_path: Path) -> None:
    with running_sentinels(tmp_path, NEVER_DOWN_MS) as watched:
        asyncio.run(hear_all(watched.address))


def test_so_it_does_in_a_cluster_from_any_node(tmp_path: Path) -> None:
    with running_cluster(tmp_path, NEVER_DOWN_MS) as cluster:
        nodes = cluster.address.nodes
        asyncio.run(hear_all(cluster.address))

        async def hear_from_each() -> None:
            make_connection = connections(cluster.address)
            for _, port in nodes:
                async with aclosing(heard_on(make_connection())) as told:
                    assert await anext(told) is None
                    link = RedisLink.to(cluster.address, RedisLimits(timeout_seconds=20))
                    await RedisGrants(link, load_scripts(SingleUse.STRICT)).revoke(
                        f"client-{port}", Digest.of("a")
                    )
                    wanted = (f"client-{port}", frozenset([Digest.of("a")]))
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        async for message in told:
                            # What was told a moment ago may still be on its way here.
                            if read(message or b"") == wanted:
                                break
                    await link.close()

        asyncio.run(hear_from_each())


def test_a_connection_that_is_lost_is_made_anew_and_all_is_forgotten_then(
    redis_server: RedisServer,
) -> None:
    async def go() -> None:
        worker = Worker()
        async with worker.listening(connections(redis_server.address)):
            assert await worker.next() == ALL
            for _ in range(2):
                with redis_server.client() as redis:
                    assert redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub") == 1
                assert await worker.next() == ALL
            await revoke_in_all_ways(redis_server.address, worker)
        assert worker.said == ["lost: ConnectionError", "back"] * 2

    asyncio.run(go())


def test_it_is_told_once_that_redis_is_away_however_often_it_is_tried(tmp_path: Path) -> None:
    async def go() -> None:
        server = RedisServer(tmp_path / "redis", port=free_port())
        worker, tries = Worker(), 0
        make_one = connections(server.address)

        def make_connection() -> AbstractConnection:
            nonlocal tries
            tries += 1
            if tries == 3:
                server.start()
            return make_one()

        async with worker.listening(make_connection):
            assert await worker.next() == ALL
        assert worker.said == ["lost: ConnectionError", "back"]
        assert tries == 3
        server.stop()

    asyncio.run(go())


def test_who_may_not_listen_is_told_so_once(redis_server: RedisServer) -> None:
    async def go() -> None:
        with redis_server.client() as redis:
            redis.execute_command(
                "ACL", "SETUSER", "deaf", "on", ">word", "~*", "+@all", "resetchannels"
            )
        address = RedisAddress(
            host="127.0.0.1", port=redis_server.port, username="deaf", password="word"
        )
        worker, tried = Worker(), asyncio.Semaphore(0)
        make_one = connections(address)

        def make_connection() -> AbstractConnection:
            tried.release()
            return make_one()

        async with worker.listening(make_connection), asyncio.timeout(PATIENCE_SECONDS):
            for _ in range(3):
                await tried.acquire()
        assert worker.said == ["lost: NoPermissionError"]
        assert worker.forgotten.empty()

    asyncio.run(go())


QUIET_SECONDS = 0.3
"""So long nothing is said before it is asked. All is in one loop, which answers at once but where
a busy machine has it stand still."""

SUBSCRIBED = resp(["subscribe", CHANNEL, 1])


async def listen_to(say: Callable[[Command], bytes | None]) -> tuple[list[Command], bytes | None]:
    """Listen until the connection is given up; return what was asked, and what was told last."""
    last = None
    async with scripted_redis(say) as redis:
        with suppress(TimeoutError):
            async with aclosing(heard_on(connections(redis.address)(), QUIET_SECONDS)) as told:
                async for message in told:
                    last = message
        return [command for command in redis.commands if command[0] == b"SUBSCRIBE"], last


def test_a_redis_that_falls_silent_is_asked_for_a_sign_of_life_and_given_up() -> None:
    answers = iter([SUBSCRIBED, SUBSCRIBED, SUBSCRIBED, b""])
    asked, _ = asyncio.run(
        listen_to(lambda command: next(answers) if command[0] == b"SUBSCRIBE" else b"+OK\r\n")
    )
    assert asked == [(b"SUBSCRIBE", CHANNEL.encode())] * 4


def test_a_redis_that_never_answers_is_given_up() -> None:
    asked, told = asyncio.run(listen_to(lambda _: b""))
    assert (len(asked), told) == (1, None)


def test_a_message_is_a_sign_of_life() -> None:
    message = resp(["message", CHANNEL, "portal\n"])
    answers = iter([SUBSCRIBED, message, b""])
    asked, told = asyncio.run(listen_to(lambda _: next(answers)))
    assert (len(asked), told) == (3, b"portal\n")


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (b"portal\n", ("portal", None)),
        (b"portal\n" + b"\n" * 32, ("portal", {Digest(b"\n" * 32)})),
        (b"a\n" + bytes(32) + b"x" * 32, ("a", {Digest(bytes(32)), Digest(b"x" * 32)})),
        (b"", ("", None)),
        (b"\xff\xfe", ("\ufffd\ufffd", None)),
    ],
)
def test_what_is_told_is_read(message: bytes, told: Told) -> None:
    assert read(message) == told
