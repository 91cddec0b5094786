"""Taking over a connection that redis-py has made: plain, over a Unix socket, over TLS."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import attrs
import pytest
from redis.asyncio.connection import Connection, UnixDomainSocketConnection
from redis.exceptions import AuthenticationError, RedisError

from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.connector import Connector
from adapters.redis.link import RedisLink
from application.ports import StoreUnavailable
from tests.support.redis_server import RedisServer, running_redis
from tests.support.scripted_redis import scripted_redis
from tests.support.stepped_loop import LOOPS, passes, run_on
from tests.support.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
Reached = tuple[RedisServer, RedisAddress]

USER, PASSWORD, DB = "somebody", "s3cret", 3
AT_ONCE, ROUNDS = 300, 4
# Of some of these one is more than a socket takes at a time.
LENGTHS = (0, 1, 100, 16_384, 100_000)


@pytest.fixture(params=LOOPS, ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    return lambda test: run_on(request.param, test)


@pytest.fixture
def unix_redis(tmp_path: Path) -> Iterator[tuple[RedisServer, Path]]:
    path = tmp_path / "redis.sock"
    with running_redis(tmp_path / "unix", "--unixsocket", str(path)) as server:
        yield server, path


@pytest.fixture(params=["plain", "unix", "tls"])
def reached(request: pytest.FixtureRequest) -> Reached:
    """Have a Redis that asks for a password, and the way to it."""
    address = RedisAddress(username=USER, password=PASSWORD, db=DB, host="127.0.0.1")
    if request.param == "tls":
        server, port, ca = request.getfixturevalue("tls_redis")
        address = attrs.evolve(address, host="localhost", port=port, tls=True, tls_ca_file=str(ca))
    elif request.param == "unix":
        server, path = request.getfixturevalue("unix_redis")
        address = RedisAddress(url=f"unix://{USER}:{PASSWORD}@{path}")
    else:
        server = request.getfixturevalue("redis_server")
        address = attrs.evolve(address, port=server.port)
    with server.client() as redis:
        redis.execute_command("ACL", "SETUSER", USER, "on", f">{PASSWORD}", "~*", "+@all")
    return server, address


def connections_of(server: RedisServer, name: str) -> int:
    with server.client() as redis:
        return sum(client["user"] == name for client in redis.client_list())


def test_what_redis_py_has_connected_carries_commands_of_any_size_on_either_loop(
    reached: Reached, run: Run
) -> None:
    server, address = reached

    async def echo(link: RedisLink, text: str) -> None:
        assert await link.ask("ECHO", text) == text.encode()

    async def ask_much() -> None:
        link = RedisLink.to(address, RedisLimits(timeout_seconds=20))
        for turn in range(ROUNDS):
            texts = [f"{turn} {n} " + "x" * LENGTHS[n % len(LENGTHS)] for n in range(AT_ONCE)]
            await asyncio.gather(*(echo(link, text) for text in texts))
        assert await link.ask("ACL", "WHOAMI") == USER.encode()
        assert connections_of(server, USER) == 1
        await link.close()

    run(ask_much())
    until("it has hung up", lambda: connections_of(server, USER) == 0)


def test_a_connection_that_is_lost_is_made_anew_with_all_that_belongs_to_it(
    reached: Reached, run: Run
) -> None:
    server, address = reached

    async def lose_and_connect() -> None:
        link = RedisLink.to(address, RedisLimits(timeout_seconds=20))
        before = await link.ask("CLIENT", "ID")
        waiting = asyncio.gather(
            *(link.ask("BLPOP", "nothing", 0) for _ in range(3)), return_exceptions=True
        )
        await passes()
        with server.client() as redis:
            until("the first is blocked", lambda: redis.info("clients")["blocked_clients"] == 1)
            redis.execute_command("CLIENT", "KILL", "USER", USER)
        assert [type(one) for one in await waiting] == [StoreUnavailable] * 3
        assert await link.ask("CLIENT", "ID") > before
        assert await link.ask("ACL", "WHOAMI") == USER.encode()
        await link.close()

    run(lose_and_connect())


def test_a_password_that_is_refused_leaves_no_connection_behind(reached: Reached, run: Run) -> None:
    server, address = reached
    wrong = (
        attrs.evolve(address, url=address.url.replace(PASSWORD, "wrong"))
        if address.url
        else attrs.evolve(address, password="wrong")
    )

    async def be_refused() -> None:
        link = RedisLink.to(wrong, RedisLimits(timeout_seconds=20))
        for _ in range(3):
            with pytest.raises(StoreUnavailable) as refused:
                await link.ask("PING")
            causes = [refused.value.__cause__, refused.value.__cause__.__context__]  # type: ignore[union-attr]
            assert any(isinstance(cause, AuthenticationError) for cause in causes)
        await link.close()

    run(be_refused())
    with server.client() as redis:
        until("it has hung up", lambda: redis.info("clients")["connected_clients"] == 1)


def test_a_server_that_hangs_up_in_the_middle_of_connecting_is_unavailable(run: Run) -> None:
    async def be_hung_up_on() -> None:
        async with scripted_redis(lambda _: None) as scripted:
            address = RedisAddress(host="127.0.0.1", port=scripted.port, password="some")
            link = RedisLink.to(address, RedisLimits(timeout_seconds=20))
            asked = [link.ask("PING") for _ in range(3)]
            told = await asyncio.gather(*asked, return_exceptions=True)
            assert [type(one) for one in told] == [StoreUnavailable] * 3
            assert [command[0] for command in scripted.commands] == [b"AUTH"]
            assert scripted.connections == 1
            await link.close()

    run(be_hung_up_on())


def test_what_goes_wrong_after_connecting_leaves_no_connection_behind(
    unix_redis: tuple[RedisServer, Path], run: Run
) -> None:
    server, path = unix_redis

    async def choose_a_database_that_is_not_there() -> None:
        connection = UnixDomainSocketConnection(path=str(path), db=99, protocol=2, driver_info=None)
        with pytest.raises(RedisError, match="out of range"):
            await Connector(connection)(asyncio.Protocol())
        assert not connection.is_connected

    run(choose_a_database_that_is_not_there())
    with server.client() as redis:
        until("it has hung up", lambda: redis.info("clients")["connected_clients"] == 1)


def test_connecting_that_is_given_up_in_the_middle_leaves_no_connection_behind(run: Run) -> None:
    async def give_up() -> None:
        async with scripted_redis(lambda _: b"") as scripted:
            address = RedisAddress(host="127.0.0.1", port=scripted.port, password="some")
            link = RedisLink.to(address, RedisLimits(timeout_seconds=60))
            waiting = asyncio.create_task(link.ask("PING"))
            while not scripted.commands:  # noqa: ASYNC110 nobody tells
                await asyncio.sleep(0)
            await passes(20)  # in Python 3.11 the end of a wait_for swallows a cancellation
            await link.close()
            with pytest.raises(StoreUnavailable):
                await waiting
            while scripted.lines:  # noqa: ASYNC110 nobody tells
                await asyncio.sleep(0)

    run(give_up())


class Slow(Connection):
    """Gives the server time to say something of its own accord."""

    async def connect(self) -> None:
        await super().connect()  # type: ignore[no-untyped-call] # it has no types
        reader = self._reader
        assert reader is not None
        while not (reader._buffer or reader.at_eof()):  # type: ignore[attr-defined] # noqa: ASYNC110
            await asyncio.sleep(0)  # a look into asyncio: nothing tells without taking it


@pytest.mark.parametrize(
    ("greeting", "told"),
    [
        (b"-ERR max number of clients reached\r\n", "max number of clients reached"),
        (b"-DENIED Redis is running in protected mode\r\n", "protected mode"),
        (b"+hello\r\n", "hung up"),
        (b"-ERR half", "hung up"),
        (b"", "hung up"),
    ],
)
def test_a_server_that_speaks_or_hangs_up_before_it_is_asked_is_not_connected_to(
    run: Run, greeting: bytes, told: str
) -> None:
    async def connect() -> None:
        async with scripted_redis(lambda _: b"") as scripted:
            scripted.greeting = greeting
            # As our own, it has nothing to ask while it connects.
            slow = Slow(host="127.0.0.1", port=scripted.port, protocol=2, driver_info=None)
            connector = Connector(slow)
            with pytest.raises(Exception, match=told):
                await connector(asyncio.Protocol())

    run(connect())


def test_redis_py_keeps_its_streams_where_they_are_taken_from(redis_server: RedisServer) -> None:
    async def connect() -> None:
        connection = Connection(host="127.0.0.1", port=redis_server.port)
        await connection.connect()  # type: ignore[no-untyped-call] # it has no types
        assert isinstance(connection._reader, asyncio.StreamReader)
        assert isinstance(connection._writer, asyncio.StreamWriter)
        assert connection.is_connected
        writer = connection._writer
        connection._reader = connection._writer = None
        assert not connection.is_connected
        writer.close()
        await writer.wait_closed()

    asyncio.run(connect())
