import pytest

from tests.http.house import House, in_house
from tests.http.talk import LIVEZ, READYZ, Api, fields

pytestmark = pytest.mark.gen_test


async def test_a_living_server_says_that_it_is_alive(api: Api) -> None:
    response = await api.send("GET", LIVEZ)

    assert response.code == 200
    assert fields(response) == {"status": "alive"}


async def test_a_server_with_its_store_says_that_it_is_ready(api: Api) -> None:
    response = await api.send("GET", READYZ)

    assert response.code == 200
    assert fields(response) == {"status": "ready"}


@in_house(demo=True)
async def test_a_demo_is_ready_too(api: Api) -> None:
    assert (await api.send("GET", READYZ)).code == 200


async def test_a_draining_server_is_alive_but_not_ready(api: Api, house: House) -> None:
    house.runtime.face.drain.started = True

    ready = await api.send("GET", READYZ)
    alive = await api.send("GET", LIVEZ)

    assert (ready.code, fields(ready)) == (503, {"status": "draining"})
    assert alive.code == 200
