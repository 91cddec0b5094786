"""What a store counts of a client, hour by hour."""

import pytest

from domain.policy import Policy
from domain.refusal import Refused
from domain.session_id import Digest
from domain.usage import DAY_MS, HOUR_MS, KEPT_DAYS, Counted
from tests.support.worlds import START, World

ONE, TWO, THREE = (Digest.of(name) for name in ("one", "two", "three"))
TTL_MS = Policy().ttl_seconds * 1000
HOUR = START // HOUR_MS * HOUR_MS
TODAY = START // DAY_MS


def redeem_in_vain(world: World, digest: Digest, region: str = "") -> None:
    with pytest.raises(Refused):
        world.redeem(digest, region=region)


def test_a_redeem_counts_for_the_region_it_came_from(world: World) -> None:
    world.create(ONE)
    world.redeem(ONE, region="BR")
    redeem_in_vain(world, ONE, region="PT")
    redeem_in_vain(world, TWO)
    assert world.usage() == {
        (HOUR, Counted.CREATED, ""): 1,
        (HOUR, Counted.REDEEMED, "BR"): 1,
        (HOUR, Counted.REFUSED_USED, "PT"): 1,
        (HOUR, Counted.REFUSED_UNKNOWN, ""): 1,
    }


def test_clients_are_counted_apart(world: World) -> None:
    world.create(ONE)
    world.create(ONE, client="other")
    world.create(TWO, client="other")
    assert world.usage() == {(HOUR, Counted.CREATED, ""): 1}
    assert world.usage("other") == {(HOUR, Counted.CREATED, ""): 2}
    assert world.usage("nobody") == {}


def test_a_revoke_that_comes_too_late_is_no_refused_redeem(world: World) -> None:
    world.create(ONE)
    world.revoke(ONE)
    with pytest.raises(Refused):
        world.revoke(ONE)
    assert world.usage() == {(HOUR, Counted.CREATED, ""): 1, (HOUR, Counted.REVOKED, ""): 1}


@pytest.mark.parametrize("length", [HOUR_MS, DAY_MS], ids=["hour", "day"])
def test_what_happens_when_the_clock_strikes_counts_for_what_begins(
    world: World, length: int
) -> None:
    next_one = (START // length + 1) * length
    world.advance(next_one - 1 - START)
    world.create(ONE)
    world.advance(1)
    world.create(TWO)
    world.create(THREE)
    assert world.usage() == {
        (next_one - HOUR_MS, Counted.CREATED, ""): 1,
        (next_one, Counted.CREATED, ""): 2,
    }


def test_only_the_days_that_are_asked_for_are_told(world: World) -> None:
    world.create(ONE)
    world.advance(DAY_MS)
    world.create(TWO)
    assert world.usage(days=1) == {(HOUR, Counted.CREATED, ""): 1}
    assert world.usage(first_day=TODAY + 1) == {(HOUR + DAY_MS, Counted.CREATED, ""): 1}
    assert world.usage(first_day=TODAY - 20, days=15) == {}
    assert len(world.usage(first_day=TODAY - 20, days=40)) == 2


def test_counts_are_still_there_on_their_last_day(world: World) -> None:
    world.create(ONE)
    world.advance(KEPT_DAYS * DAY_MS)
    world.create(TWO)
    assert world.usage(days=1) == {(HOUR, Counted.CREATED, ""): 1}
