from datetime import UTC, datetime
from pathlib import Path

import pytest
from tornado.web import Application

from adapters.memory.sessions import MemorySessions
from tests.http.fakes import assemble
from tests.http.house import PORTAL_KEY, House
from tests.http.talk import CREATE, HEALTH, STATUS, Api, fields
from tests.support.worlds import SteppedClock

pytestmark = pytest.mark.gen_test


async def test_memory_is_healthy_and_does_not_pretend_to_be_redis(api: Api, house: House) -> None:
    response = await api.send("GET", HEALTH)

    assert response.code == 200
    health = fields(response)
    assert health.keys() == {"status", "message", "timestamp"}
    assert health["status"] == "healthy"
    assert health["message"] == "Armazenamento em memória funcionando corretamente"
    told = datetime.fromisoformat(health["timestamp"])
    assert told == datetime.fromtimestamp(house.clock.time / 1000, tz=UTC)
    assert told.utcoffset() is not None


async def test_the_timestamp_is_of_now(api: Api, house: House) -> None:
    house.clock.time += 1_234

    timestamp = fields(await api.send("GET", HEALTH))["timestamp"]

    assert datetime.fromisoformat(timestamp).timestamp() * 1000 == pytest.approx(house.clock.time)


class TestWithRedis:
    @pytest.fixture
    def app(self, tmp_path: Path) -> Application:
        return assemble(tmp_path, MemorySessions(SteppedClock())).application

    async def test_a_healthy_redis_is_said_in_the_words_that_consumers_know(self, api: Api) -> None:
        health = fields(await api.send("GET", HEALTH))

        assert health.keys() == {"status", "message", "timestamp"}
        assert health["status"] == "healthy"
        assert health["message"] == "Conexão com Redis funcionando corretamente"

    async def test_the_other_routes_name_the_storage_too(self, api: Api) -> None:
        created = fields(await api.send("POST", CREATE, key=PORTAL_KEY, body=b""))
        redeemed = fields(await api.redeem(created["session_id"]))
        status = fields(await api.send("GET", STATUS, key=PORTAL_KEY))

        assert [answer["storage"] for answer in (created, redeemed, status)] == ["redis"] * 3
        assert status["redis_healthy"] is True
