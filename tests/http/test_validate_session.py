import asyncio

import pytest

from domain.figures import Figures
from tests.http.house import PORTAL_KEY, PORTAL_NEXT_KEY, House
from tests.http.talk import JSON, VALIDATE, Api, fields

pytestmark = pytest.mark.gen_test

METADATA = {"report": 7, "tags": ["é", None, True, 1.5], "nested": {"": "🌻"}}


async def test_an_id_in_the_query_of_a_get_is_redeemed(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)

    response = await api.redeem(session_id)

    assert response.code == 200
    assert fields(response) == {
        "valid": True,
        "message": "Sessão válida",
        "session_id": session_id,
        "storage": "memory",
    }
    assert fields(response)["valid"] is True


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_id_in_a_json_body_is_redeemed(api: Api, method: str) -> None:
    session_id = await api.create(PORTAL_KEY)

    response = await api.send(
        method,
        VALIDATE,
        headers={"Content-Type": JSON},
        body=f'{{"session_id": "{session_id}"}}',
    )

    assert response.code == 200
    assert fields(response)["session_id"] == session_id


async def test_an_id_in_the_query_of_a_post_is_redeemed(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)

    response = await api.send("POST", f"{VALIDATE}?session_id={session_id}", body=b"")

    assert response.code == 200


async def test_subject_and_metadata_come_out_as_they_went_in(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY, subject="Ana", metadata=METADATA)

    assert fields(await api.redeem(session_id)) == {
        "valid": True,
        "message": "Sessão válida",
        "session_id": session_id,
        "storage": "memory",
        "subject": "Ana",
        "metadata": METADATA,
    }


async def test_empty_metadata_was_given_too(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY, metadata={})

    assert fields(await api.redeem(session_id))["metadata"] == {}


@pytest.mark.parametrize("key", [PORTAL_KEY, PORTAL_NEXT_KEY], ids=["first key", "second key"])
async def test_a_client_may_redeem_its_own_with_either_key(api: Api, key: str) -> None:
    session_id = await api.create(PORTAL_KEY)

    assert (await api.redeem(session_id, key=key)).code == 200


async def test_whoever_comes_second_is_refused(api: Api, house: House) -> None:
    session_id = await api.create(PORTAL_KEY)

    codes = [(await api.redeem(session_id)).code for _ in range(3)]

    assert codes == [200, 401, 401]
    assert (await house.figures())["portal"] == Figures(used=1, created=1, redeemed=1)


async def test_of_many_who_come_at_once_one_wins(api: Api, house: House) -> None:
    session_id = await api.create(PORTAL_KEY)

    by_validating = [api.redeem(session_id) for _ in range(6)]
    by_opening = [api.open_iframe(session_id) for _ in range(6)]
    answers = await asyncio.gather(*by_validating, *by_opening)

    assert sorted(answer.code for answer in answers) == [200] + [401] * 11
    assert (await house.figures())["portal"].redeemed == 1


async def test_a_session_is_good_until_the_last_millisecond(api: Api, house: House) -> None:
    session_id = await api.create(PORTAL_KEY, ttl_seconds=60)
    house.clock.time += 59_999

    assert (await api.redeem(session_id)).code == 200


async def test_a_session_is_refused_from_its_expiry_on(api: Api, house: House) -> None:
    session_id = await api.create(PORTAL_KEY, ttl_seconds=60)
    house.clock.time += 60_000

    assert (await api.redeem(session_id)).code == 401
