"""The same bytes to both transports: an application sees the same, or ``fast`` refuses more."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from tests.faults.corpus import CORPUS
from tests.faults.damage import damaged
from tests.faults.kinds import Scale, TakeFigure
from tests.faults.raw_http import cut_up
from tests.faults.two_transports import Outcome, Side
from tests.http.talk import chunked
from tests.http.talk import request_bytes as request

ADR = Path(__file__).parents[2] / "docs" / "adr" / "0010-a-transport-of-our-own.md"
FAREWELL = request("GET", "/farewell")
BODY = b'{"a": 1}'
LENGTH = f"Content-Length: {len(BODY)}"


def old(whole: bytes) -> bytes:
    return whole.replace(b"HTTP/1.1", b"HTTP/1.0")


VALID = [
    request("GET", "/"),
    request("HEAD", "/a?b=c"),
    request("GET", "/a%20b?c=%ff&d", "accept-language: en", "X-A: ", "x-a:2", "X-A:\t3 \t"),
    request("POST", "/p", LENGTH, "Content-Type: application/json", body=BODY),
    request("POST", "/p", "Content-Length: 0"),
    request("PUT", "/p", "Transfer-Encoding: chunked", body=chunked(BODY, 3)),
    request("POST", "/p", "transfer-encoding: Chunked", body=b"008\r\n" + BODY + b"\r\n0\r\n\r\n"),
    request("GET", "/") * 3,
    request("POST", "/p", LENGTH, body=BODY) * 2,
    request("POST", "/p", "Transfer-Encoding: chunked", body=chunked(BODY, 5)) * 2,
    request("GET", "/", "Connection: close"),
    request("GET", "/", "Connection: Keep-Alive"),
    old(request("GET", "/")),
    old(request("GET", "/", "Connection: keep-alive")) * 2,
    old(request("POST", "/p", LENGTH, "Connection: keep-alive", body=BODY)) * 2,
    request("POST", "/p", LENGTH, "Expect: 100-continue", body=BODY),
    request("GET", "/", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
    request("GET", "/", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings") * 2,
    request("CONNECT", "a.example:443") + request("GET", "/"),
    request("OPTIONS", "*"),
    request("GET", "http://a.example/b"),
    request("BREW", "/pot", "Cookie: a=b", "Cookie: c=d", "Authorization: Bearer x"),
    old(request("GET", "/", "Connection: keep-alive, x")),
    old(request("POST", "/p", "Connection: keep-alive")),
    b"\r\n" + request("GET", "/"),
]


Tell = Callable[[Outcome, Outcome], bool]


def says_close_among_others(fast: Outcome, tornado: Outcome) -> bool:
    words = fast.served[-1].joined.get("Connection", "").lower().split(",") if fast.served else []
    closes = "close" in [word.strip() for word in words] and len(words) > 1
    return closes and fast.ended and fast.served == tornado.served[: len(fast.served)]


def works_on_what_nobody_hears(fast: Outcome, tornado: Outcome) -> bool:
    told_the_same = fast.statuses == tornado.statuses and fast.ended and tornado.ended
    return told_the_same and fast.served == tornado.served[: len(fast.served)]


EXPLAINED: dict[str, tuple[bytes, Tell]] = {
    "`close` among other words of Connection closes, too (RFC 9112, section 9.6)": (
        request("GET", "/", "Connection: close, x") + FAREWELL,
        says_close_among_others,
    ),
    "what comes after an answer that closes is not worked on": (
        old(request("GET", "/")) + FAREWELL,
        works_on_what_nobody_hears,
    ),
}
"""All differences but stricter refusals, by the names that docs/adr/0010 gives them."""

STRICTER: dict[str, bytes] = {
    "a line that ends with LF alone": request("GET", "/").replace(b"\r\n", b"\n"),
    "HTTP/1.2 to 1.9": request("GET", "/").replace(b"1.1", b"1.2"),
    "the same Content-Length twice": request("POST", "/p", LENGTH, LENGTH, body=BODY),
    "Content-Length of more than 20 digits": request("POST", "/p", f"Content-Length: {0:030}"),
    "chunks in HTTP/1.0": old(
        request("PUT", "/p", "Transfer-Encoding: chunked", body=chunked(BODY, 3))
    ),
}


def corpus() -> list[bytes]:
    """What is valid, and what is hostile to a whole server, with a request behind each."""
    hostile = [case.sent for cases in CORPUS.values() for case in cases]
    return [each + FAREWELL for each in VALID + hostile]


def verdict(fast: Outcome, tornado: Outcome) -> str:
    """Say how two outcomes relate; an empty text is a difference that nothing explains."""
    if fast.agrees_with(tornado):
        return "the same"
    if fast.is_stricter_than(tornado):
        return "refused more strictly"
    return next((name for name, (_, tell) in EXPLAINED.items() if tell(fast, tornado)), "")


def compared(cases: Iterable[Sequence[bytes]], folder: Path) -> Counter[str]:
    """Send each case, a list of parts, to both; count the verdicts."""

    async def compare() -> Counter[str]:
        fast, tornado = [await Side.of(name, folder) for name in ("fast", "tornado")]
        verdicts: Counter[str] = Counter()
        for parts in cases:
            one, other = await fast.outcome_of(parts), await tornado.outcome_of(parts)
            found = verdict(one, other)
            assert found, f"{parts}\nfast: {one}\ntornado: {other}"
            verdicts[found] += 1
        await fast.close()
        await tornado.close()
        return verdicts

    return asyncio.run(compare())


def said(verdicts: Counter[str]) -> str:
    counts = ", ".join(f"{name}: {count:,}" for name, count in verdicts.most_common())
    return f"{verdicts.total():,} cases ({counts}), 0 unexplained"


def test_an_application_sees_the_same_wherever_a_request_is_split(
    tmp_path: Path, figure: TakeFigure
) -> None:
    splits = [[each[:at], each[at:]] for each in VALID for at in range(1, len(each))]
    verdicts = compared(splits, tmp_path)
    assert "refused more strictly" not in verdicts
    figure("both transports: valid requests, split at every offset", said(verdicts))


def test_an_application_sees_the_same_of_damaged_and_hostile_requests(
    tmp_path: Path, seeded: random.Random, scale: Scale, figure: TakeFigure
) -> None:
    whole = corpus()
    cases = [[each] for each in whole]
    for _ in range(scale(3_000, 100_000)):
        one = damaged(seeded.choice(whole), seeded)
        # To digest part after part takes time, of which large requests take enough.
        cases.append(cut_up(one, seeded.randrange(3) if len(one) < 3_000 else 0, seeded))
    verdicts = compared(cases, tmp_path)
    assert verdicts["the same"] > len(cases) * 9 / 10, verdicts
    figure("both transports: hostile requests and random damage", said(verdicts))


@pytest.mark.parametrize("name", EXPLAINED)
def test_a_difference_that_is_explained_is_still_there(tmp_path: Path, name: str) -> None:
    sent, _ = EXPLAINED[name]
    assert compared([[sent]], tmp_path) == {name: 1}


@pytest.mark.parametrize("name", STRICTER)
def test_what_is_refused_more_strictly_is_served_by_tornado(tmp_path: Path, name: str) -> None:
    assert compared([[STRICTER[name]]], tmp_path) == {"refused more strictly": 1}


def test_the_decision_names_every_difference() -> None:
    text = " ".join(ADR.read_text(encoding="utf-8").split())
    assert [name for name in [*EXPLAINED, *STRICTER] if name not in text] == []
