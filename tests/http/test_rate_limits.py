"""Slowing down: how callers are told, and whom it does not concern."""

import re

import pytest

from domain.grant_token import GrantToken
from domain.session_id import Digest
from entrypoints.http.grant_cookie import name_for
from tests.http.house import PORTAL_CAP, PORTAL_KEY, House, in_house, tag_of, unknown_id
from tests.http.talk import CREATE, GRANT, IFRAME, Api, at, code_of, fields

pytestmark = pytest.mark.gen_test

FIELD = re.compile(r'"default";r=(\d+);t=(\d+)')


@in_house(CREATES_PER_MINUTE="3")
async def test_a_client_that_creates_too_fast_gets_429_and_is_told_when_to_come_again(
    api: Api, house: House
) -> None:
    left = []
    for _ in range(3):
        created = await api.post_json(CREATE, {}, key=PORTAL_KEY)
        assert created.code == 200
        assert created.headers["RateLimit-Policy"] == '"default";q=3;w=60'
        left.append(created.headers["RateLimit"])
    assert left == [f'"default";r={n};t=60' for n in (2, 1, 0)]
    house.clock.time += 20_000

    limited = await api.post_json(CREATE, {}, key=PORTAL_KEY)

    assert (limited.code, code_of(limited)) == (429, "rate_limited")
    assert limited.headers["Retry-After"] == "40"
    assert limited.headers["RateLimit"] == '"default";r=0;t=40'
    assert limited.headers["RateLimit-Policy"] == '"default";q=3;w=60'
    house.clock.time += 40_000
    assert await api.create(PORTAL_KEY)


@in_house(FAILED_REDEEMS_PER_MINUTE="2")
async def test_an_address_that_fails_too_often_gets_429_for_what_fails_and_for_nothing_else(
    api: Api, house: House
) -> None:
    good = await api.create(PORTAL_KEY)
    for seed in range(2):
        assert (await api.redeem(unknown_id(seed=seed))).code == 401

    limited = await api.redeem(unknown_id())

    assert (limited.code, code_of(limited)) == (429, "rate_limited")
    assert limited.headers["Retry-After"] == "60"
    assert FIELD.fullmatch(limited.headers["RateLimit"])
    assert [(await api.redeem(good)).code for _ in range(2)] == [200, 429]
    house.clock.time += 60_000
    assert (await api.redeem(good)).code == 401


@in_house(FAILED_REDEEMS_PER_MINUTE="2")
async def test_an_address_that_comes_with_made_up_grants_gets_429_and_who_has_a_good_one_does_not(
    api: Api,
) -> None:
    opened = await api.open_iframe(await api.create(PORTAL_KEY))
    good = opened.headers["Set-Cookie"].partition(";")[0]
    made_up = "; ".join(_cookie(n) for n in range(8))

    async def ask(cookie: str) -> int:
        return (await api.send("GET", GRANT, headers={"Cookie": cookie})).code

    assert [await ask(made_up) for _ in range(4)] == [401, 401, 429, 429]
    assert await ask(good) == 200
    assert await ask(f"{good}; {made_up}"[: -len(_cookie(7)) - 2]) == 200
    assert (await api.redeem(unknown_id())).code == 401  # counted for itself


def _cookie(seed: int) -> str:
    token = GrantToken.compose(tag_of("portal"), Digest.of(f"session {seed}"), b"s" * 24)
    return f"{name_for(token)}={token.text}"


@in_house(FAILED_REDEEMS_PER_MINUTE="1")
async def test_a_person_who_is_slowed_down_gets_a_page_to_read(api: Api) -> None:
    await api.redeem(unknown_id())

    page = await api.send("GET", at(IFRAME, unknown_id()), headers={"Accept-Language": "en"})

    assert page.code == 429
    assert page.headers["Content-Type"].startswith("text/html")
    assert b"Too many attempts" in page.body
    assert page.headers["Retry-After"] == "60"


@in_house(FAILED_REDEEMS_PER_MINUTE="1")
async def test_a_caller_with_a_key_is_not_slowed_down(api: Api) -> None:
    answers = [await api.redeem(unknown_id(seed=n), key=PORTAL_KEY) for n in range(4)]
    assert [answer.code for answer in answers] == [401] * 4


@in_house(FAILED_REDEEMS_PER_MINUTE="1", TRUSTED_PROXIES="127.0.0.1")
async def test_behind_a_trusted_proxy_each_caller_is_counted_for_himself(api: Api) -> None:
    def from_(address: str) -> dict[str, str]:
        return {"X-Forwarded-For": address}

    callers = ["192.0.2.1", "192.0.2.2", "192.0.2.1"]
    answers = [
        (await api.send("GET", at("/auth/validate-session", unknown_id()), headers=from_(c))).code
        for c in callers
    ]
    assert answers == [401, 401, 429]


@in_house(FAILED_REDEEMS_PER_MINUTE="1")
async def test_nobody_gets_around_the_limit_by_naming_another_address(api: Api) -> None:
    path = at("/auth/validate-session", unknown_id())
    answers = [
        (await api.send("GET", path, headers={"X-Forwarded-For": f"192.0.2.{n}"})).code
        for n in range(3)
    ]
    assert answers == [401, 429, 429]


@in_house(RATE_LIMITS="off", CREATES_PER_MINUTE="1", FAILED_REDEEMS_PER_MINUTE="1")
async def test_without_rate_limits_nobody_is_slowed_down(api: Api) -> None:
    for _ in range(3):
        created = await api.post_json(CREATE, {}, key=PORTAL_KEY)
        assert created.code == 200
        assert "RateLimit" not in created.headers
        assert (await api.redeem(unknown_id())).code == 401


async def test_a_refusal_does_not_tell_how_many_are_left(api: Api) -> None:
    refused = await api.redeem(unknown_id())
    assert not [name for name in refused.headers if name.startswith("Ratelimit")]


async def test_the_usual_rate_lets_a_client_fill_its_cap_at_once(api: Api) -> None:
    created = await api.post_json(CREATE, {}, key=PORTAL_KEY)
    found = FIELD.fullmatch(created.headers["RateLimit"])
    assert found
    assert int(found[1]) >= PORTAL_CAP
    assert fields(created)["session_id"]


@pytest.mark.parametrize("language", ["pt-BR", "en"])
@in_house(CREATES_PER_MINUTE="1")
async def test_the_detail_says_how_long_to_wait(api: Api, language: str) -> None:
    await api.create(PORTAL_KEY)
    limited = await api.post_json(CREATE, {}, key=PORTAL_KEY, language=language)
    assert "60 s" in fields(limited)["detail"]
