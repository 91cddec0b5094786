"""Many sessions in one request."""

import json

import pytest
from tornado.httpclient import HTTPResponse

from domain.figures import Figures
from tests.http.house import (
    OTHER_CAP,
    OTHER_KEY,
    OTHER_TTL,
    PORTAL_CAP,
    PORTAL_KEY,
    House,
    in_house,
    tag_of,
)
from tests.http.talk import CREATE_MANY, JSON, Api, code_of, fields

pytestmark = pytest.mark.gen_test

BATCH_OF_TWO = {"count": 2}


async def create(
    api: Api, body: object, *, key: str | None = PORTAL_KEY, again: str | None = None
) -> HTTPResponse:
    headers = {"Content-Type": JSON, **({"Idempotency-Key": again} if again else {})}
    return await api.send("POST", CREATE_MANY, key=key, headers=headers, body=json.dumps(body))


def ids_of(response: HTTPResponse) -> list[str]:
    return [one["session_id"] for one in fields(response)["sessions"]]


async def test_a_client_gets_as_many_sessions_as_it_asks_for(api: Api, house: House) -> None:
    response = await create(api, {"count": 1000, "ttl_seconds": 90})

    assert response.code == 200
    ids = ids_of(response)
    assert len(set(ids)) == 1000
    assert all(one.startswith(f"fgs_{tag_of('portal')}_") for one in ids)
    page = "/client/iframe.html?session_id="
    assert fields(response) == {
        "sessions": [{"session_id": one, "iframe_url": page + one} for one in ids],
        "count": 1000,
        "expires_in_minutes": 1,
        "expires_in_seconds": 90,
        "storage": "memory",
    }
    assert (await house.figures())["portal"] == Figures(active=1000, created=1000)


async def test_each_session_opens_once_and_carries_what_was_handed_over(api: Api) -> None:
    body = {"count": 2, "subject": "ana", "metadata": {"a": 1}}
    for session_id in ids_of(await create(api, body)):
        redeemed = fields(await api.redeem(session_id))
        assert (redeemed["subject"], redeemed["metadata"]) == ("ana", {"a": 1})
        assert (await api.redeem(session_id)).code == 401


async def test_the_iframe_urls_open_the_iframe(api: Api) -> None:
    for one in fields(await create(api, BATCH_OF_TWO))["sessions"]:
        assert (await api.send("GET", one["iframe_url"])).code == 200


@in_house(PUBLIC_URL="https://gate.example/frames/")
async def test_the_iframe_urls_begin_with_the_public_url(api: Api) -> None:
    (one,) = fields(await create(api, {"count": 1}))["sessions"]
    place = "https://gate.example/frames/client/iframe.html"
    assert one["iframe_url"] == f"{place}?session_id={one['session_id']}"


@pytest.mark.parametrize("count", [None, 0, -1, 1001, True, 2.0, "2", [2]])
async def test_any_other_count_is_refused_and_the_most_is_told(
    api: Api, house: House, count: object
) -> None:
    before = await house.figures()
    for body in ({"count": count}, {}):
        refused = await create(api, body)
        assert (refused.code, code_of(refused)) == (400, "count_invalid")
        assert "1 a 1000" in fields(refused)["detail"]
    assert await house.figures() == before


async def test_more_than_the_cap_could_never_be_had_and_is_no_matter_of_waiting(api: Api) -> None:
    refused = await create(api, {"count": OTHER_CAP + 1}, key=OTHER_KEY)
    assert (refused.code, code_of(refused)) == (400, "count_invalid")
    assert f"1 a {OTHER_CAP}" in fields(refused)["detail"]
    assert "Retry-After" not in refused.headers
    assert (await create(api, {"count": OTHER_CAP}, key=OTHER_KEY)).code == 200


async def test_a_batch_that_does_not_fit_whole_is_refused_whole(api: Api, house: House) -> None:
    await api.create(OTHER_KEY, ttl_seconds=100)
    house.clock.time += 40_000

    refused = await create(api, BATCH_OF_TWO, key=OTHER_KEY)

    assert (refused.code, code_of(refused)) == (429, "session_cap_reached")
    assert refused.headers["Retry-After"] == "60"
    assert (await house.figures())["other"] == Figures(active=1, created=1)
    house.clock.time += 60_000
    created = await create(api, BATCH_OF_TWO, key=OTHER_KEY)
    assert (created.code, fields(created)["expires_in_seconds"]) == (200, OTHER_TTL)


@in_house(CREATES_PER_MINUTE="5")
async def test_a_batch_counts_as_so_many_creates_all_or_none(api: Api, house: House) -> None:
    created = await create(api, {"count": 3})
    assert created.headers["RateLimit"] == '"default";r=2;t=60'
    assert created.headers["RateLimit-Policy"] == '"default";q=5;w=60'
    house.clock.time += 20_000

    limited = await create(api, {"count": 3})

    assert (limited.code, code_of(limited)) == (429, "rate_limited")
    assert limited.headers["Retry-After"] == "40"
    assert limited.headers["RateLimit"] == '"default";r=2;t=40'
    assert (await create(api, BATCH_OF_TWO)).headers["RateLimit"] == '"default";r=0;t=40'
    never = await create(api, {"count": 6})
    assert (never.code, code_of(never)) == (400, "count_invalid")


@in_house(CREATES_PER_MINUTE="5", RATE_LIMITS="off")
async def test_without_rate_limits_only_the_cap_counts(api: Api) -> None:
    created = await create(api, {"count": PORTAL_CAP})
    assert created.code == 200
    assert "RateLimit" not in created.headers


async def test_a_batch_that_comes_again_gets_the_same_sessions(api: Api, house: House) -> None:
    first = await create(api, {"count": 3}, again="order-1")
    assert "Idempotent-Replayed" not in first.headers
    house.clock.time += 60_500

    replayed = await create(api, {"count": 3}, again="order-1")

    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert ids_of(replayed) == ids_of(first)
    assert fields(replayed)["expires_in_seconds"] == 1739
    assert (await house.figures())["portal"].created == 3
    assert [(await api.redeem(one)).code for one in ids_of(replayed)] == [200] * 3


@pytest.mark.parametrize("body", [{"count": 2}, {"count": 3, "subject": "ana"}])
async def test_the_same_key_for_another_batch_is_a_conflict(api: Api, body: object) -> None:
    await create(api, {"count": 3}, again="order-1")
    refused = await create(api, body, again="order-1")
    assert (refused.code, code_of(refused)) == (422, "idempotency_key_reused")


async def test_once_any_of_its_sessions_has_been_opened_a_key_is_spent(api: Api) -> None:
    first = await create(api, {"count": 3}, again="order-1")
    assert (await api.redeem(ids_of(first)[1])).code == 200
    refused = await create(api, {"count": 3}, again="order-1")
    assert (refused.code, code_of(refused)) == (409, "idempotency_key_spent")


async def test_other_fields_are_refused(api: Api) -> None:
    refused = await create(api, {"count": 1, "cap": 9})
    assert (refused.code, code_of(refused)) == (400, "field_unknown")


async def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    refused = await create(api, {"count": 1, "metadata": {"a": "x" * 17_000}})
    assert (refused.code, code_of(refused)) == (413, "body_too_large")
