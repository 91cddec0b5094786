import asyncio

import pytest

from application.check_health import CheckHealth
from application.ports import StoreUnavailable
from tests.unit.application.fakes import Health


def test_a_store_that_is_away_is_told_of_with_what_was_seen() -> None:
    with pytest.raises(StoreUnavailable) as away:
        asyncio.run(CheckHealth(Health("connection refused")).execute())
    assert away.value.problem == "connection refused"


def test_every_check_asks_anew() -> None:
    health = Health("away")
    check = CheckHealth(health)
    with pytest.raises(StoreUnavailable):
        asyncio.run(check.execute())
    health.problem = None
    asyncio.run(check.execute())  # does not raise
