"""Hostile requests get one refusal at most, learn nothing, and burn no session."""

import random
from collections.abc import Callable, Iterator

import pytest

from tests.faults.corpus import CORPUS
from tests.faults.corpus.case import GOOD, Case
from tests.faults.hostile_target import Target, running_target
from tests.faults.oracles import answers_in, assert_nothing_to_hide
from tests.faults.raw_http import cut_up, exchange, line_to
from tests.faults.redeeming import create, redeem
from tests.http.talk import LIVEZ, VALIDATE, at, request_bytes

FAREWELL = request_bytes("GET", LIVEZ, "Connection: close")
ALIVE = b'{"status":"alive"}'


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, transport: str) -> Iterator[Target]:
    """One server for all: what it has been through must not show."""
    with running_target(tmp_path_factory.mktemp(f"hostile-{transport}")) as started:
        yield started


def hold_to(case: Case, session_id: str, raw: bytes) -> None:
    """Judge what came back: one answer as expected, and one to the farewell where the
    connection was kept. A third would be the answer to a request that nobody has sent."""
    statuses = [answer.status for answer in answers_in(raw, to_head=case.to_head)]
    assert (statuses or [0])[0] in case.answer, f"answered {statuses}"
    if len(statuses) > 1:
        assert not case.closes, f"kept the connection: {statuses}"
        assert len(statuses) == 2, f"answered {statuses}"
        assert raw.endswith(ALIVE), f"something else was served: {raw[-200:]!r}"
    if not case.may_redeem:
        assert session_id.encode() not in raw, "the id comes back in a refusal"


def try_out(case: Case, target: Target, cuts: int, randomness: random.Random) -> None:
    session_id = create(target.url)
    sent = case.sent.replace(GOOD.encode(), session_id.encode()) + FAREWELL
    raw = exchange(target.url, *cut_up(sent, cuts, randomness))
    hold_to(case, session_id, raw)
    # A session was used up only where the caller was told so.
    redeemed = b'"valid":true' in raw
    assert not redeemed or case.may_redeem, "redeemed a session"
    assert redeem(target.url, session_id) == (401 if redeemed else 200), "burnt a session"


@pytest.mark.parametrize("part", CORPUS)
def test_no_hostile_request_gets_in_hangs_breaks_the_server_or_burns_a_session(
    target: Target,
    part: str,
    seeded: random.Random,
    scale: Callable[[int, int], int],
    figure: Callable[[str, str], None],
) -> None:
    problems = []
    times = scale(2, 20)
    for case in CORPUS[part]:
        for cuts in range(times):
            try:
                try_out(case, target, cuts, seeded)
            except AssertionError as problem:
                problems.append(f"{case.name}, {cuts} cuts: {problem}")
    assert not problems, "\n".join(problems)
    assert_nothing_to_hide(target.server.log)
    figure(
        f"hostile HTTP, {part}",
        f"{len(CORPUS[part]) * times:,} requests of {len(CORPUS[part])} kinds: 0 unexpected 5xx, "
        "0 hangs, 0 tracebacks, 0 sessions burnt, 0 hidden requests answered",
    )


def test_pipelined_requests_are_answered_in_order_and_one_redeem_wins(
    target: Target,
) -> None:
    session_id = create(target.url)
    sent = request_bytes("GET", at(VALIDATE, session_id)) * 20 + FAREWELL
    statuses = [answer.status for answer in answers_in(exchange(target.url, sent))]
    assert statuses == [200] + [401] * 19 + [200]


def test_whoever_closes_half_the_connection_is_not_left_hanging(target: Target) -> None:
    session_id = create(target.url)
    with line_to(target.url) as line:
        line.send(request_bytes("GET", at(VALIDATE, session_id)))
        line.say_no_more()
        statuses = [answer.status for answer in answers_in(line.hear_all())]
    # Whether an answer reaches him is his own look-out; never may two get in.
    assert statuses in ([], [200])
    assert redeem(target.url, session_id) in ({401} if statuses else {200, 401})


def test_whoever_leaves_in_the_middle_of_a_request_burns_nothing(
    target: Target, seeded: random.Random, scale: Callable[[int, int], int]
) -> None:
    session_id = create(target.url)
    whole = request_bytes("GET", at(VALIDATE, session_id))
    for _ in range(scale(20, 500)):
        with line_to(target.url) as line:
            line.send(whole[: seeded.randrange(len(whole))])
    assert redeem(target.url, session_id) == 200
