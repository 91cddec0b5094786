"""Creating again with the same ``Idempotency-Key``."""

import pytest
from tornado.httpclient import HTTPResponse

from tests.http.house import OTHER_KEY, PORTAL_KEY, PORTAL_NEXT_KEY, House, in_house
from tests.http.talk import CREATE, JSON, Api, code_of, fields

pytestmark = pytest.mark.gen_test


async def create(
    api: Api, idempotency_key: str, *, key: str | None = PORTAL_KEY, body: str = "{}"
) -> HTTPResponse:
    headers = {"Idempotency-Key": idempotency_key, "Content-Type": JSON}
    return await api.send("POST", CREATE, key=key, headers=headers, body=body)


async def test_a_create_that_comes_again_gets_the_same_session(api: Api, house: House) -> None:
    first = await create(api, "order-1")
    assert "Idempotent-Replayed" not in first.headers
    house.clock.time += 60_500

    again = await create(api, "order-1")

    assert again.code == 200
    assert again.headers["Idempotent-Replayed"] == "true"
    assert fields(again) == {
        **fields(first),
        "expires_in_seconds": 1739,
        "expires_in_minutes": 28,
    }
    session_id = fields(again)["session_id"]
    assert (await api.redeem(session_id)).code == 200
    assert (await api.redeem(session_id)).code == 401


async def test_a_key_in_quotes_is_the_same_key(api: Api) -> None:
    plain, quoted = await create(api, "order-1"), await create(api, '"order-1"')
    assert fields(plain)["session_id"] == fields(quoted)["session_id"]


async def test_another_key_is_another_session(api: Api) -> None:
    one, other = await create(api, "order-1"), await create(api, "order-2")
    assert fields(one)["session_id"] != fields(other)["session_id"]


async def test_two_clients_may_use_the_same_key(api: Api) -> None:
    one, other = await create(api, "order-1"), await create(api, "order-1", key=OTHER_KEY)
    assert (one.code, other.code) == (200, 200)
    assert fields(one)["session_id"] != fields(other)["session_id"]


async def test_once_the_session_has_been_opened_its_key_is_spent(api: Api) -> None:
    first = fields(await create(api, "order-1"))
    assert (await api.redeem(first["session_id"])).code == 200

    again = await create(api, "order-1")

    assert (again.code, code_of(again)) == (409, "idempotency_key_spent")


async def test_once_the_session_has_expired_its_key_opens_another(api: Api, house: House) -> None:
    first = fields(await create(api, "order-1"))
    house.clock.time += 1_800_000
    again = fields(await create(api, "order-1"))
    assert again["session_id"] != first["session_id"]
    assert (await api.redeem(first["session_id"])).code == 401
    assert (await api.redeem(again["session_id"])).code == 200


async def test_after_a_failover_a_create_that_comes_again_opens_another(
    api: Api, house: House
) -> None:
    first = fields(await create(api, "order-1"))
    house.restart_store()
    again = fields(await create(api, "order-1"))
    assert again["session_id"] != first["session_id"]
    assert (await api.redeem(again["session_id"])).code == 200


async def test_the_same_key_for_another_request_is_a_conflict(api: Api) -> None:
    await create(api, "order-1")
    again = await create(api, "order-1", body='{"subject": "ana"}')
    assert (again.code, code_of(again)) == (422, "idempotency_key_reused")


async def test_with_the_clients_other_key_it_is_another_session(api: Api) -> None:
    one, other = await create(api, "order-1"), await create(api, "order-1", key=PORTAL_NEXT_KEY)
    assert fields(one)["session_id"] != fields(other)["session_id"]


@pytest.mark.parametrize("key", ["", '""', "a b", "é", "x" * 256], ids=ascii)
async def test_a_key_that_is_none_is_refused_and_creates_nothing(
    api: Api, house: House, key: str
) -> None:
    before = await house.figures()
    refused = await create(api, key)
    assert (refused.code, code_of(refused)) == (400, "idempotency_key_invalid")
    assert await house.figures() == before


@in_house(demo=True)
async def test_in_the_demo_a_create_may_come_again_too(api: Api) -> None:
    one, again = await create(api, "a", key=None), await create(api, "a", key=None)
    assert fields(one)["session_id"] == fields(again)["session_id"]
