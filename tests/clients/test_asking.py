"""What a gate asks framegate, and what it takes its answer for."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from attrs import evolve

from framegate_client.asked import Asked, by_name, is_claim, question
from framegate_client.asking import Asking, AsyncAsking, open_paths_of
from framegate_client.verdict import AWAY, Passed, TurnedAway, Verdict
from framegate_client.visitor import Visitor

ASKED = Asked(
    method="GET",
    path=b"/reports/7",
    query=b"view=all",
    headers={"host": "app.example", "accept": "text/html"},
    peer="192.0.2.1",
    scheme="https",
)
WHO = {
    "X-Framegate-Client": "portal",
    "X-Framegate-Session": "0123456789ab",
    "X-Framegate-Subject": "Concei%C3%A7%C3%A3o 100%25",
    "X-Framegate-Metadata": '{"a": "\\u00e7"}',
    "X-Framegate-Framing": "frame-ancestors 'none'",
}
PASSED = Passed(
    Visitor("portal", "0123456789ab", "Conceição 100%", {"a": "ç"}), (), "frame-ancestors 'none'"
)

Answer = Callable[[httpx.Request], httpx.Response]


def asking(kind: str, answer: Answer) -> Callable[[Asked], Verdict]:
    transport = httpx.MockTransport(answer)
    url = "https://framegate.example/under"
    if kind == "sync":
        return Asking(url, 1, httpx.Client(transport=transport))
    ask = AsyncAsking(url, 1, httpx.AsyncClient(transport=transport))
    return lambda asked: asyncio.run(ask(asked))


def asked_with(**headers: str) -> dict[str, str]:
    """Return what framegate is asked for a request with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = evolve(ASKED, headers={**ASKED.headers, **named})
    return {name: value.decode("latin-1") for name, value in question(asked).items()}


def test_framegate_is_told_what_was_asked_of_the_application() -> None:
    assert asked_with() == {
        "accept": "text/html",
        "x-forwarded-uri": "/reports/7?view=all",
        "x-forwarded-method": "GET",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "app.example",
        "x-forwarded-for": "192.0.2.1",
    }


@pytest.mark.parametrize(
    "name",
    [
        *("accept-language", "origin", "purpose", "x-purpose", "x-moz", "sec-purpose"),
        *("sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user"),
    ],
)
def test_what_framegate_judges_by_is_passed_along(name: str) -> None:
    assert asked_with(**{name: "as it came"})[name] == "as it came"


def test_of_the_cookies_framegate_gets_its_own() -> None:
    cookie = "own=1; __Host-fg-0123456789ab=fgg_1; __Host-session=2; __Host-fg-ba9876543210=fgg_2"

    sent = asked_with(cookie=cookie)

    assert sent["cookie"] == "__Host-fg-0123456789ab=fgg_1; __Host-fg-ba9876543210=fgg_2"
    assert "cookie" not in asked_with(cookie="own=1")


def test_of_the_credentials_framegate_gets_its_own() -> None:
    for own in ("Bearer fgg_1", "bearer fgg_1"):
        assert asked_with(authorization=own)["authorization"] == own
    for others in ("Bearer fgk_1", "Bearer eyJ", "Basic fgg_"):
        assert "authorization" not in asked_with(authorization=others)


def test_of_the_referrer_framegate_gets_the_origin() -> None:
    for referrer, sent in (
        ("https://portal.example/reports/7?secret=1#x", "https://portal.example/"),
        ("about:client", "about:client"),
        ("http://[", "http://["),
    ):
        assert asked_with(referer=referrer)["referer"] == sent


def test_the_way_a_request_came_is_passed_along_with_the_last_step() -> None:
    assert asked_with(x_forwarded_for="203.0.113.9, 10.0.0.1")["x-forwarded-for"] == (
        "203.0.113.9, 10.0.0.1, 192.0.2.1"
    )
    assert "x-forwarded-for" not in question(evolve(ASKED, peer=None))


def test_what_others_forwarded_counts_for_nothing() -> None:
    claims = {"x_forwarded_uri": "/?session_id=fgs_0", "x_forwarded_method": "GET"}

    sent = asked_with(**claims, x_forwarded_host="evil.example", x_forwarded_proto="http")

    assert sent == asked_with()


def test_an_address_is_told_as_it_came_whatever_is_in_it() -> None:
    asked = evolve(ASKED, path="/ç d/%C3%A7\r\n".encode(), query=b"session_id=%66gs_1&a=\xff\x00")

    assert question(asked)["x-forwarded-uri"] == (
        b"/%C3%A7%20d/%C3%A7%0D%0A?session_id=%66gs_1&a=%FF%00"
    )


def test_headers_that_came_more_than_once_are_put_together() -> None:
    lines = [("Cookie", "a=1"), ("cookie", "b=2"), ("Accept", "x"), ("accept", "y")]

    assert by_name(lines) == {"cookie": "a=1; b=2", "accept": "x, y"}


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        ("X-Framegate-Subject", True),
        ("x_framegate_subject", True),
        ("X_FRAMEGATE-Anything", True),
        ("X-Framegates", False),
        ("X-Forwarded-For", False),
    ],
)
def test_a_header_that_says_who_somebody_is_is_known_in_each_spelling(
    name: str, claims: bool
) -> None:
    assert is_claim(name) is claims


def test_who_is_let_in_is_read_from_the_answer(kind: str) -> None:
    assert asking(kind, lambda _: httpx.Response(200, headers=WHO))(ASKED) == PASSED


def test_nothing_is_carried_from_one_browser_to_the_next(kind: str) -> None:
    cookies = []

    def answer(request: httpx.Request) -> httpx.Response:
        cookies.append(request.headers.get("Cookie"))
        return httpx.Response(200, headers={**WHO, "Set-Cookie": "__Host-fg-1=fgg_1; Path=/"})

    ask = asking(kind, answer)

    assert [ask(ASKED), ask(ASKED)] == [evolve(PASSED, cookies=("__Host-fg-1=fgg_1; Path=/",))] * 2
    assert cookies == [None, None]


@pytest.mark.parametrize(
    "response",
    [
        (200, {}),
        (200, WHO | {"X-Framegate-Metadata": "{"}),
        (200, {name: value for name, value in WHO.items() if name != "X-Framegate-Framing"}),
        (204, WHO),
        (302, WHO | {"Location": "https://framegate.example/auth/check"}),
        (404, WHO),
        (431, WHO),
        (500, WHO),
        (503, {}),
    ],
    ids=str,
)
def test_what_is_no_answer_of_the_gate_opens_nothing(
    kind: str, response: tuple[int, dict[str, str]]
) -> None:
    status, headers = response

    assert asking(kind, lambda _: httpx.Response(status, headers=headers))(ASKED) == AWAY


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ReadTimeout, httpx.PoolTimeout, httpx.RemoteProtocolError]
)
def test_no_answer_opens_nothing(kind: str, error: type[httpx.TransportError]) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error("gone")

    assert asking(kind, answer)(ASKED) == AWAY


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_passed_on_with_its_head_and_body(kind: str, status: int) -> None:
    kept = [
        ("content-type", "text/html"),
        ("content-security-policy", "default-src 'none'"),
        ("set-cookie", "__Host-fg-1=; Max-Age=0"),
        ("set-cookie", "__Host-fg-2=; Max-Age=0"),
    ]
    others = [("strict-transport-security", "max-age=1"), ("x-framegate-subject", "ana")]

    verdict = asking(
        kind, lambda _: httpx.Response(status, headers=kept + others, content=b"<h1>No</h1>")
    )(ASKED)

    assert verdict == TurnedAway(status, tuple(kept), b"<h1>No</h1>")


def test_all_cookies_of_an_answer_reach_the_browser() -> None:
    lines = PASSED.mark([("Set-Cookie", "own=1")])
    marked = evolve(PASSED, cookies=("a=1", "b=2")).mark([("Set-Cookie", "own=1")])

    assert marked == [*lines, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]


@pytest.mark.parametrize(
    ("own", "sent"),
    [
        (None, ["no-referrer"]),
        ("same-origin", ["same-origin"]),
        ("No-Referrer", ["No-Referrer"]),
        ("origin", ["no-referrer"]),
        ("same-origin, unsafe-url", ["no-referrer"]),
    ],
)
def test_no_other_site_is_told_the_address(own: str | None, sent: list[str]) -> None:
    lines = [] if own is None else [("referrer-policy", own)]

    marked = PASSED.mark(lines)

    assert [value for name, value in marked if name.lower() == "referrer-policy"] == sent


@pytest.mark.parametrize("paths", ["/healthz", ["healthz"], [""]])
def test_an_open_path_that_is_none_is_refused_at_once(paths: list[str]) -> None:
    with pytest.raises(ValueError, match="whole paths"):
        open_paths_of(paths)
