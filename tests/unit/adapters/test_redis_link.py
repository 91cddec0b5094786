"""What a link makes of answers, errors and silence."""

import asyncio

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ReadOnlyError, ResponseError

from adapters.redis.breaker import LOST_IN_A_ROW
from adapters.redis.carrier import Carrier, Crowded
from adapters.redis.link import RedisLink
from adapters.redis.scripts import Script
from application.ports import StoreUnavailable
from tests.unit.adapters.answering import SILENCE, Answering

SCRIPT = Script("redeem", "return 1")
KEYS = (b"fg:{portal}:active", b"fg:{portal}:used")


def run(carrier: Carrier, times: int = 1, seconds: float = 30) -> list[object]:
    """Run a script so often over one link; give what it returned or why it did not."""

    async def run_them() -> list[object]:
        link = RedisLink(carrier, seconds)
        outcomes: list[object] = []
        for _ in range(times):
            try:
                outcomes.append(await link.run(SCRIPT, KEYS, (b"a", 1)))
            except StoreUnavailable as unavailable:
                outcomes.append(unavailable.problem)
        return outcomes

    return asyncio.run(run_them())


def test_a_script_is_called_by_its_sum_and_the_answer_is_as_redis_gave_it() -> None:
    carrier = Answering([b"ok", 1])
    assert run(carrier) == [[b"ok", 1]]
    assert carrier.sent == [(KEYS[0], ("EVALSHA", SCRIPT.sha, 2, *KEYS, b"a", 1))]


def test_a_script_that_redis_does_not_know_is_sent_by_its_text_once() -> None:
    carrier = Answering(NoScriptError("No matching script"), 1)
    assert run(carrier) == [1]
    assert carrier.sent[1:] == [(KEYS[0], ("EVAL", SCRIPT.text, 2, *KEYS, b"a", 1))]
    assert run(Answering(NoScriptError("No matching script"))) == ["NoScriptError"]


def test_the_text_of_a_script_has_what_is_left_of_the_time() -> None:
    carrier = Answering(NoScriptError("No matching script"), SILENCE)
    assert run(carrier, seconds=0.05) == ["no answer in time"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ReadOnlyError("You can't write"), "connected to a replica"),
        (ResponseError("Error running script: -READONLY You"), "connected to a replica"),
        (ResponseError("unknown command 'secret'"), "ResponseError"),
        (RedisConnectionError("secret"), "ConnectionError"),
        (TimeoutError(), "no answer in time"),
        (OSError("secret"), "OSError"),
        (Crowded(), "too many commands await their answers"),
    ],
)
def test_an_error_is_told_by_its_kind_and_never_by_what_it_says(
    error: Exception, told: str
) -> None:
    assert run(Answering(error)) == [told]


@pytest.mark.parametrize("error", [ResponseError("no"), ReadOnlyError("no"), Crowded()])
def test_errors_that_redis_or_nobody_gave_stop_nobody(error: Exception) -> None:
    carrier = Answering(error)
    run(carrier, times=3 * LOST_IN_A_ROW)
    assert len(carrier.sent) == 3 * LOST_IN_A_ROW


def test_an_answer_among_the_silence_begins_the_count_anew() -> None:
    lost = RedisConnectionError("connection lost")
    for answer in (1, ResponseError("no")):
        some = [lost] * (LOST_IN_A_ROW - 1)
        carrier = Answering(*some, answer, *some, answer)
        run(carrier, times=2 * LOST_IN_A_ROW)
        assert len(carrier.sent) == 2 * LOST_IN_A_ROW


@pytest.mark.parametrize("error", [RedisConnectionError("connection lost"), TimeoutError()])
def test_after_several_without_an_answer_nothing_is_sent_for_a_moment(error: Exception) -> None:
    carrier = Answering(error)
    told = run(carrier, times=LOST_IN_A_ROW + 1)
    assert told[-1] == "no answer lately; the next try is a moment away"
    assert len(carrier.sent) == LOST_IN_A_ROW


def test_a_command_goes_to_the_node_of_its_key_and_bounds_its_time() -> None:
    async def ask() -> None:
        carrier = Answering(1, 1, 1, SILENCE)
        link = RedisLink(carrier, 0.05)
        for command in (("HSET", b"k", "f", 1), ("ECHO", "text"), ("PING",)):
            assert await link.ask(*command) == 1
        assert [key for key, _ in carrier.sent] == [b"k", b"text", b""]
        for silent in (link.ask("PING"), link.ask_each("INFO"), link.check()):
            with pytest.raises(StoreUnavailable, match="in time"):
                await silent

    asyncio.run(ask())


def test_in_a_cluster_one_part_that_answers_is_health_enough() -> None:
    async def check(*answers: object) -> None:
        await RedisLink(Answering(*answers, in_cluster=True), 30).check()

    lost = RedisConnectionError("connection lost")
    asyncio.run(check(lost, lost, 0))
    with pytest.raises(StoreUnavailable):
        asyncio.run(check(lost))
