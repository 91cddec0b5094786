"""Honest requests with random damage: the server refuses or serves them, and nothing else."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.corpus.case import (
    GOOD,
    JSON_TYPE,
    PORTAL,
    REDEEM,
    create_whole,
    get,
    post,
    post_whole,
)
from tests.faults.damage import damaged
from tests.faults.hostile_target import running_target
from tests.faults.oracles import answers_in, assert_nothing_to_hide
from tests.faults.raw_http import cut_up, line_to
from tests.faults.redeeming import create, redeem
from tests.http.talk import CLEANUP, CREATE, HEALTH, IFRAME, LIVEZ, STATUS, at, chunked
from tests.http.talk import request_bytes as request
from tests.support.framegate_server import KEYS

pytestmark = pytest.mark.usefixtures("transport")

AT_ONCE = 32
QUIET_SECONDS = 0.5
FAREWELL = request("GET", LIVEZ, "Connection: close")

HONEST = [
    get("Accept-Language: pt-BR,pt;q=0.9,en;q=0.8", "X-Forwarded-For: 203.0.113.7, 10.0.0.1"),
    get("Accept: text/html", "Cookie: a=b", target=at(IFRAME, GOOD)),
    post_whole(f'{{"session_id":"{GOOD}","x":[1.5e3,null,{{"a":"\\u00e9"}}]}}'.encode()),
    post("Transfer-Encoding: chunked", body=chunked(f'{{"session_id":"{GOOD}"}}'.encode(), 20)),
    post_whole(b"{}", "Expect: 100-continue", target=REDEEM),
    create_whole('{"subject":"ana","metadata":{"ação":[1,2]},"ttl_seconds":60}'.encode()),
    request("POST", CREATE, PORTAL),
    request("GET", STATUS, PORTAL) + request("GET", HEALTH),
    request("DELETE", CLEANUP, f"Authorization: Bearer {KEYS.ops}", JSON_TYPE),
    request("GET", "/static/framegate.css?v=1", "Range: bytes=0-9", "If-None-Match: *"),
]


def statuses_of(url: str, parts: list[bytes]) -> list[int]:
    """Send the parts, wait until no more comes, and have the server end the connection."""
    with line_to(url) as line:
        for part in parts:
            line.send(part)
        heard = line.hear_for(QUIET_SECONDS)
        line.say_no_more()
        return [answer.status for answer in answers_in(heard + line.hear_all())]


def test_damaged_requests_get_no_5xx_hang_nowhere_and_tell_nothing(
    tmp_path: Path,
    seeded: random.Random,
    scale: Callable[[int, int], int],
    figure: Callable[[str, str], None],
) -> None:
    count = scale(300, 20_000)
    tally: Counter[int] = Counter()
    problems = []
    with running_target(tmp_path) as target, ThreadPoolExecutor(AT_ONCE) as clients:
        survivor = create(target.url)
        some_id = create(target.url).encode()
        requests = [
            damaged(seeded.choice(HONEST).replace(GOOD.encode(), some_id), seeded) + FAREWELL
            for _ in range(count)
        ]
        sent = [cut_up(each, seeded.randrange(4), seeded) for each in requests]
        underway = [clients.submit(statuses_of, target.url, parts) for parts in sent]
        for each, future in zip(requests, underway, strict=True):
            try:
                tally.update(future.result() or [0])
            except AssertionError as problem:
                problems.append(f"{each!r}: {problem}")
        assert not problems, "\n".join(problems[:20])
        assert_nothing_to_hide(target.server.log)
        assert redeem(target.url, survivor) == 200
        assert redeem(target.url, create(target.url)) == 200
    # Neither were all refused at the door, nor was the damage too small to matter.
    assert tally[200] > count / 20, tally
    assert tally[400] > count / 20, tally
    said = ", ".join(f"{status or 'closed'}: {n:,}" for status, n in sorted(tally.items()))
    figure(
        "hostile HTTP, random damage to honest requests",
        f"{count:,} requests: 0 5xx, 0 hangs, 0 tracebacks ({said})",
    )
