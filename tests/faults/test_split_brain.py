"""Split brain: an old primary that is cut off and alive, with clients of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.redis.address import RedisAddress
from tests.faults.doors import Make, framegates, naive, repository_door
from tests.faults.ledger import Ledger
from tests.support.redis_access import FRAMEGATE, catch_up
from tests.support.redis_sentinel import WatchedRedis, running_sentinels
from tests.support.redis_server import RedisServer

Scale = Callable[[int, int], int]
Figure = Callable[[str, str], None]


@pytest.fixture
def sentinels(tmp_path: Path) -> Iterator[WatchedRedis]:
    with running_sentinels(tmp_path / "sentinels") as watched:
        yield watched


def straight_to(server: RedisServer) -> RedisAddress:
    return RedisAddress(
        host="127.0.0.1",
        port=server.port,
        username=FRAMEGATE.username,
        password=FRAMEGATE.password,
    )


def split_heal_and_fail_back(sentinels: WatchedRedis, make: Make, ledger: Ledger, n: int) -> None:
    """Redeem every id on both sides, half of them first on the one and half on the other."""
    primary = sentinels.primary
    with (
        repository_door("the old primary", straight_to(primary), make) as old,
        repository_door("the sentinels' choice", sentinels.address, make) as new,
    ):
        old_first, new_first = old.issue(n, ledger), old.issue(n, ledger)
        catch_up(primary, sentinels.replicas_each)
        sentinels.cut_off(primary)
        old.redeem_until_told(old_first, ledger, "cut off")
        assert ledger.won("cut off") > 0, str(ledger)
        sentinels.wait_for_another(primary)
        new.redeem(old_first + new_first, ledger, "promoted")
        old.redeem(old_first + new_first, ledger, "still cut off")

        during = old.issue(n, ledger) + new.issue(n, ledger)
        for door in (old, new):
            door.redeem(during[::2], ledger, "during the split")
        ids = old_first + new_first + during

        sentinels.heal()
        for door in (old, new):
            door.redeem(ids, ledger, "healed")
        sentinels.fail_over_to(primary)
        for door in (new, old):
            door.redeem(ids, ledger, "failed back")


def test_no_session_is_redeemed_on_both_sides_nor_after_they_are_one_again(
    sentinels: WatchedRedis, scale: Scale, figure: Figure
) -> None:
    rounds, count = scale(1, 20), scale(10, 50)
    ledger = Ledger()
    for _ in range(rounds):
        split_heal_and_fail_back(sentinels, framegates, ledger, count)
    figure("split brain: redeemed twice", f"{ledger}, {rounds} splits")
    ledger.judge()


def test_the_same_split_with_getdel_shows_that_this_test_can_see_the_fault(
    sentinels: WatchedRedis, scale: Scale, figure: Figure
) -> None:
    rounds, count = scale(1, 5), scale(10, 50)
    ledger = Ledger()
    for _ in range(rounds):
        split_heal_and_fail_back(sentinels, naive, ledger, count)
    figure("split brain with GETDEL: redeemed twice", f"{ledger}, {rounds} splits")
    with pytest.raises(AssertionError, match="ids were redeemed twice"):
        ledger.judge()
