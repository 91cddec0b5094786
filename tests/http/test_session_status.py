import pytest

from tests.http.house import (
    ADMIN_KEY,
    OTHER_CAP,
    OTHER_KEY,
    PORTAL_CAP,
    PORTAL_KEY,
    PORTAL_NEXT_KEY,
    House,
)
from tests.http.talk import STATUS, Api, fields

pytestmark = pytest.mark.gen_test


async def test_after_four_creations_and_one_redeem(api: Api) -> None:
    ids = [await api.create(PORTAL_KEY) for _ in range(4)]
    await api.redeem(ids[0])

    response = await api.send("GET", STATUS, key=PORTAL_KEY)

    assert response.code == 200
    status = fields(response)
    assert status == {
        "total_sessions": 4,
        "active_sessions": 3,
        "used_sessions": 1,
        "total_created": 4,
        "total_used": 1,
        "max_sessions": PORTAL_CAP,
        "storage": "memory",
        "redis_healthy": False,
    }
    assert status["redis_healthy"] is False
    assert {type(status[name]) for name in status if name.endswith(("sessions", "_used"))} == {int}


async def test_at_the_beginning_everything_is_zero(api: Api) -> None:
    status = fields(await api.send("GET", STATUS, key=OTHER_KEY))

    zeros = [
        value for name, value in status.items() if name.startswith(("total", "active", "used"))
    ]
    assert zeros == [0, 0, 0, 0, 0]


async def test_a_client_sees_its_own_sessions_only(api: Api) -> None:
    await api.create(PORTAL_KEY)
    await api.create(OTHER_KEY)
    await api.create(OTHER_KEY)

    portal = fields(await api.send("GET", STATUS, key=PORTAL_NEXT_KEY))
    other = fields(await api.send("GET", STATUS, key=OTHER_KEY))

    assert (portal["active_sessions"], portal["max_sessions"]) == (1, PORTAL_CAP)
    assert (other["active_sessions"], other["max_sessions"]) == (2, OTHER_CAP)


async def test_an_admin_sees_all_sessions_added_up(api: Api) -> None:
    await api.redeem(await api.create(PORTAL_KEY))
    await api.create(PORTAL_KEY)
    await api.create(OTHER_KEY)

    status = fields(await api.send("GET", STATUS, key=ADMIN_KEY))

    assert status == {
        "total_sessions": 3,
        "active_sessions": 2,
        "used_sessions": 1,
        "total_created": 3,
        "total_used": 1,
        "max_sessions": PORTAL_CAP + OTHER_CAP,
        "storage": "memory",
        "redis_healthy": False,
    }


async def test_used_sessions_count_until_their_expiry_and_the_totals_for_ever(
    api: Api, house: House
) -> None:
    await api.redeem(await api.create(PORTAL_KEY, ttl_seconds=60))
    await api.create(PORTAL_KEY, ttl_seconds=60)

    house.clock.time += 59_999
    before = fields(await api.send("GET", STATUS, key=PORTAL_KEY))
    house.clock.time += 1
    after = fields(await api.send("GET", STATUS, key=PORTAL_KEY))

    names = ("total_sessions", "active_sessions", "used_sessions", "total_created", "total_used")
    assert [before[name] for name in names] == [2, 1, 1, 2, 1]
    assert [after[name] for name in names] == [0, 0, 0, 2, 1]
