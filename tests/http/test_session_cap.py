import pytest
from tornado.httpclient import HTTPResponse

from tests.http.house import ADMIN_KEY, OTHER_CAP, OTHER_KEY, OTHER_TTL, PORTAL_KEY, House
from tests.http.talk import CLEANUP, CREATE, Api, code_of, fields

pytestmark = pytest.mark.gen_test


async def ask_for_one(api: Api) -> HTTPResponse:
    return await api.send("POST", CREATE, key=OTHER_KEY, body=b"")


async def fill(api: Api) -> list[str]:
    return [await api.create(OTHER_KEY) for _ in range(OTHER_CAP)]


async def test_one_more_than_the_cap_is_refused_with_the_time_to_try_again(
    api: Api, house: House
) -> None:
    await fill(api)
    before = await house.figures()

    response = await ask_for_one(api)

    assert (response.code, code_of(response)) == (429, "session_cap_reached")
    assert response.headers["Retry-After"] == str(OTHER_TTL)
    assert fields(response)["detail"] == (
        f"Limite de {OTHER_CAP} sessões ativas atingido. Tente novamente em até {OTHER_TTL} s."
    )
    assert response.headers["Cache-Control"] == "no-store"
    assert await house.figures() == before


@pytest.mark.parametrize(
    ("passed_ms", "seconds"),
    [(0, 600), (1, 600), (100_000, 500), (100_500, 500), (598_999, 2), (599_001, 1), (599_999, 1)],
)
async def test_the_time_to_try_again_is_never_too_early(
    api: Api, house: House, passed_ms: int, seconds: int
) -> None:
    await fill(api)
    house.clock.time += passed_ms

    response = await ask_for_one(api)

    assert (response.code, response.headers["Retry-After"]) == (429, str(seconds))


async def test_a_redeemed_session_frees_its_place_at_once(api: Api) -> None:
    first, _ = await fill(api)
    assert (await ask_for_one(api)).code == 429

    assert (await api.redeem(first)).code == 200

    assert [(await ask_for_one(api)).code for _ in range(2)] == [200, 429]


async def test_an_opened_iframe_frees_its_place_at_once(api: Api) -> None:
    first, _ = await fill(api)

    assert (await api.open_iframe(first)).code == 200

    assert (await ask_for_one(api)).code == 200


async def test_a_revoked_session_frees_its_place_at_once(api: Api, house: House) -> None:
    first, _ = await fill(api)

    await house.revoke(first)

    assert (await ask_for_one(api)).code == 200


async def test_expired_sessions_free_their_places_without_a_clean_up(
    api: Api, house: House
) -> None:
    await fill(api)
    house.clock.time += OTHER_TTL * 1000

    assert [(await ask_for_one(api)).code for _ in range(3)] == [200, 200, 429]


async def test_a_clean_up_makes_no_room_that_is_not_there(api: Api) -> None:
    await fill(api)
    assert (await api.send("DELETE", CLEANUP, key=ADMIN_KEY)).code == 200

    assert (await ask_for_one(api)).code == 429


async def test_a_refused_redeem_frees_nothing(api: Api) -> None:
    first, _ = await fill(api)
    assert (await api.redeem(first, key=PORTAL_KEY)).code == 401

    assert (await ask_for_one(api)).code == 429


async def test_the_cap_of_one_client_is_nothing_to_another(api: Api) -> None:
    await fill(api)

    assert await api.create(PORTAL_KEY)
