"""Whoever holds no key learns nothing from a refusal but that it is one."""

import pytest

from tests.http.house import OTHER_KEY, PORTAL_KEY, House, unknown_id
from tests.http.talk import VALIDATE, Api, at, fields, without_date

pytestmark = pytest.mark.gen_test

UNIFORM_BODY = (
    '{"detail":"Sessão inválida ou já utilizada. Peça uma nova na aplicação de origem.",'
    '"code":"session_invalid"}'
).encode()

KNOWN_ENDS = ["used", "expired", "revoked", "stale", "forgotten"]
NEVER_GIVEN = {
    "unknown": unknown_id(),
    "of no client": unknown_id("nobody"),
    "a UUID": "3f2b8c1e-6a54-4d0e-9b7a-1c2d3e4f5a6b",
    "a word": "x",
    "with a space": f"{unknown_id()} ",
    "upper case": unknown_id().upper(),
    "secret too short": unknown_id()[: len("fgs_12345678_") + 21],
    "128 characters": unknown_id().ljust(128, "A"),
}


async def an_id_that_is(how: str, api: Api, house: House) -> str:
    if how in NEVER_GIVEN:
        return NEVER_GIVEN[how]
    session_id = await api.create(PORTAL_KEY, ttl_seconds=60)
    if how == "used":
        assert (await api.redeem(session_id)).code == 200
    elif how == "expired":
        house.clock.time += 60_000
    elif how == "forgotten":
        house.clock.time += 60_000 + 3_600_000
    elif how == "revoked":
        await house.revoke(session_id)
    elif how == "stale":
        house.restart_store()
    return session_id


@pytest.mark.parametrize("how", [*KNOWN_ENDS, *NEVER_GIVEN])
async def test_without_a_key_every_refusal_is_the_same_bytes(
    api: Api, house: House, how: str
) -> None:
    refused_id = await an_id_that_is(how, api, house)

    response = await api.redeem(refused_id)

    plain = await api.redeem(unknown_id(seed=1))
    assert response.code == 401
    assert response.body == UNIFORM_BODY
    assert without_date(response.headers) == without_date(plain.headers)


@pytest.mark.parametrize("how", [*KNOWN_ENDS, *NEVER_GIVEN])
async def test_the_page_of_every_refusal_is_the_same_but_for_who_may_frame_it(
    api: Api, house: House, how: str
) -> None:
    refused_id = await an_id_that_is(how, api, house)

    response = await api.open_iframe(refused_id)

    plain = await api.open_iframe(unknown_id(seed=1))
    assert response.code == 401
    assert response.body == plain.body
    del response.headers["Content-Security-Policy"], plain.headers["Content-Security-Policy"]
    assert without_date(response.headers) == without_date(plain.headers)


@pytest.mark.parametrize("how", [*KNOWN_ENDS, "unknown", "of no client", "a word"])
async def test_with_its_own_key_a_client_learns_the_reason(
    api: Api, house: House, how: str
) -> None:
    refused_id = await an_id_that_is(how, api, house)

    response = await api.redeem(refused_id, key=PORTAL_KEY)

    assert response.code == 401
    refusal = fields(response)
    assert refusal.keys() == {"detail", "code", "reason"}
    assert refusal["code"] == "session_invalid"
    assert refusal["reason"] == (how if how in KNOWN_ENDS[:-1] else "unknown")


async def test_a_refusal_by_key_says_no_more_than_the_reason(api: Api, house: House) -> None:
    async with house.unchanged(api) as session_id:
        wrong = await api.redeem(session_id, key=OTHER_KEY)

    assert wrong.code == 401
    detail = fields(await api.redeem(unknown_id()))["detail"]
    assert fields(wrong) == {"detail": detail, "code": "session_invalid", "reason": "mismatch"}


async def test_another_clients_id_is_a_mismatch_whether_or_not_it_exists(api: Api) -> None:
    response = await api.redeem(unknown_id("portal"), key=OTHER_KEY)

    assert fields(response)["reason"] == "mismatch"


async def test_the_way_an_id_is_sent_changes_nothing_in_the_refusal(api: Api) -> None:
    by_get = await api.redeem(unknown_id())
    by_post = await api.send("POST", at(VALIDATE, unknown_id()), body=b"")
    by_body = await api.post_json(VALIDATE, {"session_id": unknown_id()})

    assert by_get.body == by_post.body == by_body.body == UNIFORM_BODY
    assert without_date(by_get.headers) == without_date(by_post.headers)
    assert without_date(by_get.headers) == without_date(by_body.headers)
