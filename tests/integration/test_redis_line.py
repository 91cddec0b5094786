"""The line to one server: when it connects, how many may wait, what becomes of them."""

import asyncio

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError

from adapters.redis.address import RedisLimits
from adapters.redis.carrier import Carrier, Crowded
from adapters.redis.client import make_carrier
from tests.support.scripted_redis import Command, ScriptedRedis, resp, scripted_redis
from tests.support.stepped_loop import in_a_stepped_loop, passes, step

PATIENCE = 20.0


def line_to(scripted: ScriptedRedis, in_flight: int = 1024) -> Carrier:
    limits = RedisLimits(timeout_seconds=PATIENCE, in_flight=in_flight)
    return make_carrier(scripted.address, limits)


def ask(line: Carrier, *words: str) -> "asyncio.Future[object]":
    return asyncio.ensure_future(line.send(b"", *words))


def echo(command: Command) -> bytes:
    return resp(command[1].decode())


def silence(_: Command) -> bytes:
    return b""


async def arrival_of(scripted: ScriptedRedis, count: int) -> None:
    """Wait until the server has so many commands."""
    async with asyncio.timeout(2 * PATIENCE):
        while len(scripted.commands) < count:  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0)


async def closing_to(scripted: ScriptedRedis, count: int) -> None:
    """Wait until so many connections are left."""
    async with asyncio.timeout(2 * PATIENCE):
        while len(scripted.lines) != count:  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0)


@in_a_stepped_loop
async def test_all_who_need_a_connection_wait_for_the_same_try_and_leave_in_one_piece() -> None:
    async with scripted_redis(echo) as scripted:
        line = line_to(scripted)
        asked = [ask(line, "ECHO", str(number)) for number in range(100)]
        assert await asyncio.gather(*asked) == [str(number).encode() for number in range(100)]
        assert scripted.connections == 1
        assert len(scripted.pieces) == 1
        asked = [ask(line, "ECHO", str(number)) for number in range(100)]
        await asyncio.gather(*asked)
        assert scripted.connections == 1
        assert [len(piece) for piece in scripted.pieces] == [100, 100]
        await line.close()


@in_a_stepped_loop
async def test_a_lost_connection_fails_all_at_once_and_nothing_is_sent_again() -> None:
    async with scripted_redis(silence) as scripted:
        line = line_to(scripted)
        asked = [ask(line, "ECHO", str(number)) for number in range(100)]
        await arrival_of(scripted, 100)
        scripted.hang_up()
        scripted.say = echo
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(one) for one in told] == [RedisConnectionError] * 100
        assert await ask(line, "ECHO", "next") == b"next"
        words = [command[1] for command in scripted.commands]
        assert words == [*(str(number).encode() for number in range(100)), b"next"]
        assert scripted.connections == 2
        await line.close()


@in_a_stepped_loop
async def test_a_server_that_hangs_up_on_an_idle_connection_costs_nobody_an_answer() -> None:
    async with scripted_redis(echo) as scripted:
        line = line_to(scripted)
        for turn in range(1, 4):
            assert await ask(line, "ECHO", str(turn)) == str(turn).encode()
            assert scripted.connections == turn
            scripted.hang_up()
            await closing_to(scripted, 0)
            await passes(20)
        await line.close()


@in_a_stepped_loop
async def test_after_an_overdue_answer_the_next_command_takes_another_connection() -> None:
    async with scripted_redis(silence) as scripted:
        line = line_to(scripted)
        old = ask(line, "ECHO", "old")
        await arrival_of(scripted, 1)
        step(PATIENCE / 2)
        young = ask(line, "ECHO", "young")
        await arrival_of(scripted, 2)
        step(PATIENCE / 2)
        with pytest.raises(TimeoutError):
            await old
        (first,) = scripted.lines
        scripted.say = echo
        assert await ask(line, "ECHO", "new") == b"new"
        assert scripted.connections == len(scripted.lines) == 2
        assert not young.done()
        first.write(resp("old") + resp("young"))
        assert await young == b"young"
        await closing_to(scripted, 1)
        assert [command[1] for command in scripted.commands] == [b"old", b"young", b"new"]
        await line.close()


@in_a_stepped_loop
async def test_one_more_than_may_wait_is_turned_away_at_once_and_not_sent() -> None:
    async with scripted_redis(silence) as scripted:
        line = line_to(scripted, in_flight=3)
        asked = [ask(line, "ECHO", str(number)) for number in range(3)]
        with pytest.raises(Crowded):
            ask(line, "ECHO", "one too many")
        await arrival_of(scripted, 3)
        asked[1].cancel()  # its place is taken until its answer is there
        with pytest.raises(Crowded):
            ask(line, "ECHO", "one too many")
        scripted.speak(resp("0") + resp("1") + resp("2"))
        assert await asked[2] == b"2"
        scripted.say = echo
        assert await ask(line, "ECHO", "next") == b"next"
        assert len(scripted.commands) == 4
        await line.close()


@in_a_stepped_loop
async def test_those_on_a_retired_connection_count_among_those_who_wait() -> None:
    async with scripted_redis(silence) as scripted:
        line = line_to(scripted, in_flight=3)
        old = ask(line, "ECHO", "old")
        await arrival_of(scripted, 1)
        step(PATIENCE / 2)
        young = [ask(line, "ECHO", "young") for _ in range(2)]
        await arrival_of(scripted, 3)
        step(PATIENCE / 2)
        with pytest.raises(TimeoutError):
            await old
        new = ask(line, "ECHO", "new")
        with pytest.raises(Crowded):
            ask(line, "ECHO", "one too many")
        await line.close()
        told = await asyncio.gather(*young, new, return_exceptions=True)
        assert [type(one) for one in told] == [RedisConnectionError] * 3


LONG = "x" * 65_536
"""A thousand of these are more than the kernel keeps for a line, however it tunes itself."""


@in_a_stepped_loop
async def test_a_server_that_does_not_read_is_given_up_and_not_written_to_without_end() -> None:
    async with scripted_redis(silence) as scripted:
        scripted.deaf = True
        line = line_to(scripted)
        asked = [ask(line, "ECHO", LONG)]
        while len(asked) < 1000:
            asked += [ask(line, "ECHO", LONG) for _ in range(10)]
            await passes(1)
        (pipeline,) = line._open  # type: ignore[attr-defined] # a look inside
        kept = pipeline._transport.get_write_buffer_size()
        assert 0 < kept < 64 * len(LONG)
        step(PATIENCE)
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(one) for one in told} == {TimeoutError}
        await pipeline.gone
        await line.close()


@in_a_stepped_loop
async def test_closing_tells_those_who_wait_and_leaves_no_connection() -> None:
    async with scripted_redis(silence) as scripted:
        line = line_to(scripted)
        asked = [ask(line, "ECHO", "x") for _ in range(3)]
        await arrival_of(scripted, 3)
        await line.close()
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(one) for one in told] == [RedisConnectionError] * 3
        await closing_to(scripted, 0)
        connecting = ask(line, "ECHO", "x")
        await line.close()
        with pytest.raises(RedisConnectionError):
            await connecting
        await closing_to(scripted, 0)


@in_a_stepped_loop
async def test_many_who_hear_of_a_replica_together_have_one_connection_made_anew() -> None:
    def refuse(_: Command) -> bytes:
        return resp(Exception("READONLY You can't write against a read only replica."))

    async with scripted_redis(refuse) as scripted:
        line = line_to(scripted)
        asked = [ask(line, "SET", "x") for _ in range(50)]
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(one) for one in told] == [ReadOnlyError] * 50
        scripted.say = echo
        assert await ask(line, "ECHO", "x") == b"x"
        assert scripted.connections == 2
        await closing_to(scripted, 1)
        await line.close()
