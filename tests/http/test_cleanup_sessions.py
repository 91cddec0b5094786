import pytest

from tests.http.house import ADMIN_KEY, OTHER_KEY, PORTAL_KEY, House
from tests.http.talk import CLEANUP, Api, fields

pytestmark = pytest.mark.gen_test


async def test_there_may_be_nothing_to_remove(api: Api) -> None:
    response = await api.send("DELETE", CLEANUP, key=ADMIN_KEY)

    assert response.code == 200
    done = fields(response)
    assert done == {
        "message": "Limpeza concluída. Sessões removidas: 0",
        "sessions_removed": 0,
        "sessions_remaining": 0,
        "storage": "memory",
    }
    assert type(done["sessions_removed"]) is int
    assert type(done["sessions_remaining"]) is int


async def test_expired_ones_go_and_used_ones_stay_until_their_time(api: Api, house: House) -> None:
    await api.create(PORTAL_KEY, ttl_seconds=60)
    await api.create(OTHER_KEY, ttl_seconds=60)
    await api.redeem(await api.create(PORTAL_KEY, ttl_seconds=61))
    await api.create(PORTAL_KEY)

    house.clock.time += 60_000
    first = fields(await api.send("DELETE", CLEANUP, key=ADMIN_KEY))
    house.clock.time += 1_000
    second = fields(await api.send("DELETE", CLEANUP, key=ADMIN_KEY))

    assert (first["sessions_removed"], first["sessions_remaining"]) == (2, 2)
    assert (second["sessions_removed"], second["sessions_remaining"]) == (1, 1)


async def test_a_session_that_is_not_expired_outlives_a_clean_up(api: Api, house: House) -> None:
    session_id = await api.create(PORTAL_KEY, ttl_seconds=60)
    house.clock.time += 59_999

    done = fields(await api.send("DELETE", CLEANUP, key=ADMIN_KEY))

    assert (done["sessions_removed"], done["sessions_remaining"]) == (0, 1)
    assert (await api.redeem(session_id)).code == 200
