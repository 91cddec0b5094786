"""One connection, many commands under way: in one write, answered in order, for so long."""

import asyncio
from itertools import pairwise
from random import Random

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, NoScriptError, ResponseError

from tests.support.stepped_loop import in_a_stepped_loop, passes, step
from tests.unit.adapters.fake_wire import PATIENCE, Exchange, packed

ANSWERS: tuple[tuple[bytes, object], ...] = (
    (b"+OK\r\n", b"OK"),
    (b":0\r\n", 0),
    (b"$-1\r\n", None),
    (b"$0\r\n\r\n", b""),
    (b"$6\r\na\r\n$1b\r\n", b"a\r\n$1b"),
    (b"*0\r\n", []),
    (b"*3\r\n$2\r\nok\r\n*2\r\n:1\r\n$-1\r\n:-7\r\n", [b"ok", [1, None], -7]),
)


def outcome(answer: "asyncio.Future[object]") -> object:
    """Tell what it is: the value, the kind of error, or that there is nothing yet."""
    if not answer.done():
        return "nothing yet"
    return type(answer.exception()) if answer.exception() else answer.result()


@in_a_stepped_loop
async def test_all_commands_of_one_pass_of_the_loop_leave_in_one_write() -> None:
    exchange = await Exchange.begin()
    asked = [exchange.ask("GET", str(number)) for number in range(100)]
    assert exchange.wire.writes == []
    await passes(1)
    assert exchange.wire.writes == [b"".join(packed("GET", str(n)) for n in range(100))]
    asked.append(exchange.ask("PING"))
    await passes()
    assert exchange.wire.writes[1:] == [packed("PING")]
    exchange.wire.answer(b"".join(b":%d\r\n" % number for number in range(101)))
    assert [answer.result() for answer in asked] == list(range(101))
    exchange.wire.lose()


@in_a_stepped_loop
async def test_answers_may_arrive_in_pieces_cut_anywhere(seeded: Random) -> None:
    whole = b"".join(sent for sent, _ in ANSWERS)
    cuts = [[0, at, len(whole)] for at in range(1, len(whole))]
    cuts += [sorted({0, len(whole), *seeded.sample(range(len(whole)), 9)}) for _ in range(50)]
    cuts.append(list(range(len(whole) + 1)))
    for cut in cuts:
        exchange = await Exchange.begin()
        asked = [exchange.ask("PING") for _ in ANSWERS]
        await passes()
        for start, end in pairwise(cut):
            exchange.wire.answer(whole[start:end])
        assert [answer.result() for answer in asked] == [meant for _, meant in ANSWERS], cut
        exchange.wire.lose()


@in_a_stepped_loop
async def test_whoever_goes_leaves_his_answer_to_nobody_else(seeded: Random) -> None:
    exchange = await Exchange.begin()
    asked: list[asyncio.Future[object]] = []
    sent = answered = 0
    for _ in range(300):
        for _ in range(seeded.randrange(4)):
            asked.append(exchange.ask("ECHO", str(sent)))
            sent += 1
        if asked and seeded.random() < 0.5:
            seeded.choice(asked).cancel()
        await passes(seeded.randrange(3))
        while answered < sent and seeded.random() < 0.6:
            exchange.wire.answer(b":%d\r\n" % answered)
            answered += 1
    exchange.wire.answer(b"".join(b":%d\r\n" % number for number in range(answered, sent)))
    told = {n: answer.result() for n, answer in enumerate(asked) if not answer.cancelled()}
    assert 0 < len(told) < sent
    assert all(number == answer for number, answer in told.items())
    exchange.wire.lose()


@in_a_stepped_loop
async def test_an_error_is_told_to_who_asked_and_to_nobody_else() -> None:
    exchange = await Exchange.begin()
    asked = [exchange.ask("PING") for _ in range(4)]
    exchange.wire.answer(b":1\r\n-NOSCRIPT No matching script\r\n-ERR no\r\n:4\r\n")
    assert [outcome(answer) for answer in asked] == [1, NoScriptError, ResponseError, 4]
    assert not exchange.pipeline.retired
    exchange.wire.lose()


@in_a_stepped_loop
async def test_an_error_inside_an_answer_stays_where_it_is() -> None:
    exchange = await Exchange.begin()
    inside, after = exchange.ask("EXEC"), exchange.ask("PING")
    exchange.wire.answer(b"*2\r\n-ERR in here\r\n:1\r\n:2\r\n")
    result = inside.result()
    assert isinstance(result, list)
    assert (type(result[0]), result[1]) == (ResponseError, 1)
    assert after.result() == 2
    exchange.wire.lose()


@in_a_stepped_loop
async def test_a_lost_connection_fails_all_who_wait_at_once() -> None:
    exchange = await Exchange.begin()
    asked = [exchange.ask("PING") for _ in range(50)]
    await passes()
    asked += [exchange.ask("UNSENT") for _ in range(5)]
    exchange.wire.answer(b":0\r\n")
    reason = ConnectionResetError()
    exchange.wire.lose(reason)
    assert [outcome(answer) for answer in asked] == [0, *[RedisConnectionError] * 54]
    error = asked[1].exception()
    assert error is not None
    assert error.__cause__ is reason
    assert exchange.pipeline.gone.done()
    assert exchange.pipeline.retired
    await passes()
    assert len(exchange.wire.writes) == 1


@in_a_stepped_loop
async def test_an_overdue_answer_retires_the_connection_and_the_younger_go_on_waiting() -> None:
    exchange = await Exchange.begin()
    old = [exchange.ask("OLD") for _ in range(2)]
    step(PATIENCE / 2)
    young = [exchange.ask("YOUNG") for _ in range(2)]
    await passes()
    step(PATIENCE / 2)
    await asyncio.wait(old)
    assert [outcome(answer) for answer in old + young] == [
        *[TimeoutError] * 2,
        *["nothing yet"] * 2,
    ]
    assert exchange.pipeline.retired
    assert not exchange.wire.aborted
    # What was overdue is answered after all, which is nobody's business any more.
    exchange.wire.answer(b":1\r\n:2\r\n:3\r\n")
    assert [outcome(answer) for answer in young] == [3, "nothing yet"]
    assert not exchange.wire.aborted
    exchange.wire.answer(b":4\r\n")
    assert young[1].result() == 4
    assert exchange.wire.aborted
    await exchange.pipeline.gone


@in_a_stepped_loop
async def test_a_retired_connection_closes_when_the_last_of_its_askers_is_overdue() -> None:
    exchange = await Exchange.begin()
    old = exchange.ask("OLD")
    step(PATIENCE / 2)
    young = exchange.ask("YOUNG")
    step(PATIENCE / 2)
    await asyncio.wait([old])
    assert outcome(old) is TimeoutError
    assert not exchange.wire.aborted
    step(PATIENCE / 2)
    await asyncio.wait([young])
    assert outcome(young) is TimeoutError
    assert exchange.wire.aborted
    await exchange.pipeline.gone


@in_a_stepped_loop
async def test_nobody_is_overdue_before_his_time_however_many_came_before_him() -> None:
    exchange = await Exchange.begin()
    for number in range(100):
        answer = exchange.ask("PING")
        step(PATIENCE * 0.9)
        await passes()
        exchange.wire.answer(b":%d\r\n" % number)
        assert answer.result() == number
    assert not exchange.pipeline.retired
    exchange.wire.lose()


@in_a_stepped_loop
async def test_one_who_has_gone_and_is_not_answered_retires_the_connection_too() -> None:
    exchange = await Exchange.begin()
    exchange.ask("GONE").cancel()
    step(PATIENCE)
    await exchange.pipeline.gone
    assert exchange.wire.aborted


@in_a_stepped_loop
async def test_a_loop_that_was_busy_for_long_reads_what_has_come_before_it_judges() -> None:
    exchange = await Exchange.begin()
    answer = exchange.ask("PING")
    await passes()
    step(2 * PATIENCE)
    await passes()  # the timer is due, and would have judged
    exchange.wire.answer(b":1\r\n")
    assert answer.result() == 1
    await passes()
    assert not exchange.pipeline.retired
    exchange.wire.lose()


@pytest.mark.parametrize(
    "error",
    [
        b"-READONLY You can't write against a read only replica.\r\n",
        b"-ERR Error running script: -READONLY You can't write against a replica.\r\n",
        b"-LOADING Redis is loading the dataset in memory\r\n",
        b"-NOAUTH Authentication required.\r\n",
    ],
)
def test_what_another_connection_may_be_answered_otherwise_retires_this_one(error: bytes) -> None:
    @in_a_stepped_loop
    async def be_told() -> None:
        exchange = await Exchange.begin()
        first, second = exchange.ask("SET"), exchange.ask("GET")
        exchange.wire.answer(error)
        assert first.exception()
        assert exchange.pipeline.retired
        assert not exchange.wire.aborted
        exchange.wire.answer(b":2\r\n")
        assert second.result() == 2
        assert exchange.wire.aborted
        await exchange.pipeline.gone

    be_told()


@in_a_stepped_loop
async def test_a_redis_that_does_not_read_is_written_to_no_more_until_it_does() -> None:
    exchange = await Exchange.begin()
    first = exchange.ask("ONE")
    await passes()
    exchange.wire.protocol.pause_writing()
    asked = [exchange.ask("TWO"), exchange.ask("THREE")]
    await passes()
    asked.append(exchange.ask("FOUR"))
    await passes()
    assert exchange.wire.writes == [packed("ONE")]
    exchange.wire.protocol.resume_writing()
    assert exchange.wire.writes[1:] == [packed("TWO") + packed("THREE") + packed("FOUR")]
    exchange.wire.answer(b":1\r\n:2\r\n:3\r\n:4\r\n")
    assert [answer.result() for answer in (first, *asked)] == [1, 2, 3, 4]
    exchange.wire.lose()


@in_a_stepped_loop
async def test_what_a_redis_that_does_not_read_was_not_sent_in_time_is_never_sent() -> None:
    exchange = await Exchange.begin()
    exchange.wire.protocol.pause_writing()
    answer = exchange.ask("PING")
    await passes()
    step(PATIENCE)
    await asyncio.wait([answer])
    assert outcome(answer) is TimeoutError
    exchange.wire.protocol.resume_writing()
    await exchange.pipeline.gone
    assert exchange.wire.writes == []


@in_a_stepped_loop
async def test_what_is_asked_before_there_is_a_connection_leaves_with_it_in_one_write() -> None:
    exchange = Exchange()
    asked = [exchange.ask("ONE")]
    await passes()
    asked.append(exchange.ask("TWO"))
    await passes()
    await exchange.connect()
    assert exchange.wire.writes == [packed("ONE") + packed("TWO")]
    exchange.wire.answer(b":1\r\n:2\r\n")
    assert [answer.result() for answer in asked] == [1, 2]
    exchange.wire.lose()


@in_a_stepped_loop
async def test_a_connection_that_cannot_be_made_fails_all_who_wait_for_it() -> None:
    exchange = Exchange()
    asked = [exchange.ask("PING") for _ in range(3)]
    exchange.refuse(ConnectionRefusedError())
    await exchange.pipeline.gone
    assert [outcome(answer) for answer in asked] == [ConnectionRefusedError] * 3
    assert exchange.pipeline.retired


@in_a_stepped_loop
async def test_connecting_counts_against_the_patience_and_is_given_up_with_it() -> None:
    exchange = Exchange()
    first = exchange.ask("PING")
    await passes()
    step(PATIENCE / 2)
    second = exchange.ask("PING")
    step(PATIENCE / 2)
    await asyncio.wait([first])
    assert [outcome(answer) for answer in (first, second)] == [TimeoutError] * 2
    await exchange.pipeline.gone
    assert exchange.pipeline._connecting.cancelled()


@in_a_stepped_loop
async def test_closing_tells_all_who_wait_also_for_the_connection() -> None:
    for connected in (False, True):
        exchange = await Exchange.begin() if connected else Exchange()
        asked = [exchange.ask("PING") for _ in range(3)]
        await passes()
        exchange.pipeline.end(RedisConnectionError("closed"))
        assert [outcome(answer) for answer in asked] == [RedisConnectionError] * 3
        await exchange.pipeline.gone
        exchange.pipeline.end(RedisConnectionError("again"))


@pytest.mark.parametrize("said", [b"!nonsense\r\n", b"-MOVED nonsense\r\n", b"*1\r\n!\r\n"])
def test_a_server_that_does_not_keep_to_the_protocol_is_hung_up_on(said: bytes) -> None:
    @in_a_stepped_loop
    async def be_told() -> None:
        exchange = await Exchange.begin()
        asked = [exchange.ask("PING") for _ in range(3)]
        exchange.wire.answer(b":1\r\n" + said)
        assert [outcome(answer) for answer in asked] == [1, InvalidResponse, InvalidResponse]
        assert exchange.wire.aborted
        await exchange.pipeline.gone

    be_told()


@pytest.mark.parametrize("unasked", [b":2\r\n", b"-ERR max number of clients reached\r\n"])
def test_a_server_that_answers_what_nobody_has_asked_is_hung_up_on(unasked: bytes) -> None:
    @in_a_stepped_loop
    async def be_told() -> None:
        exchange = await Exchange.begin()
        only = exchange.ask("PING")
        exchange.wire.answer(b":1\r\n" + unasked)
        assert only.result() == 1
        assert exchange.wire.aborted
        await exchange.pipeline.gone

    be_told()
