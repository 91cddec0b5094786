"""A failover that loses redeems: none is redeemed twice, and service comes back by itself."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import pytest

from tests.faults.doors import Door, framegates, naive, repository_door, server_door
from tests.faults.failover import BEFORE, OWN_SECONDS, Outage, lose_redeems_in_a_failover
from tests.faults.ledger import Ledger
from tests.support.redis_sentinel import WatchedRedis, running_sentinels

RETURN_SECONDS = 3.0  # on top of the sentinels' down-after

Scale = Callable[[int, int], int]
Figure = Callable[[str, str], None]


@pytest.fixture
def sentinels(tmp_path: Path) -> Iterator[WatchedRedis]:
    with running_sentinels(tmp_path / "sentinels") as watched:
        yield watched


def rounds_of(
    sentinels: WatchedRedis, door: Door, rounds: int, count: int
) -> tuple[Ledger, list[Outage]]:
    ledger = Ledger()
    outages = [lose_redeems_in_a_failover(sentinels, door, ledger, count) for _ in range(rounds)]
    # Had few ids been redeemed, there would have been little to redeem twice.
    assert ledger.won(BEFORE) > ledger.issued / 2, str(ledger)
    return ledger, outages


def assert_back_in_time(sentinels: WatchedRedis, outages: Sequence[Outage]) -> None:
    bound = sentinels.down_after_ms / 1000 + RETURN_SECONDS
    for outage in outages:
        assert outage.until_back <= max(bound, outage.until_told + OWN_SECONDS), outage


def test_no_redeem_that_a_failover_loses_can_be_repeated_and_service_returns(
    sentinels: WatchedRedis, tmp_path: Path, clients_file: Path, scale: Scale, figure: Figure
) -> None:
    rounds, count = scale(2, 100), scale(20, 200)
    with server_door(tmp_path / "server", clients_file, sentinels.environment) as door:
        ledger, outages = rounds_of(sentinels, door, rounds, count)
    ledger.judge()
    back = [outage.until_back for outage in outages]
    figure("failover: redeemed twice", f"{ledger}, {rounds} failovers")
    figure(
        f"failover: service back (down-after {sentinels.down_after_ms} ms)",
        f"median {median(back):.2f} s, worst {max(back):.2f} s, of which after the sentinels' "
        f"word median {median(o.after_told for o in outages):.2f} s, "
        f"worst {max(o.after_told for o in outages):.2f} s",
    )
    assert_back_in_time(sentinels, outages)


def test_the_same_failover_with_getdel_shows_that_this_test_can_see_the_fault(
    sentinels: WatchedRedis, scale: Scale, figure: Figure
) -> None:
    rounds, count = scale(1, 10), scale(20, 200)
    with repository_door("GETDEL", sentinels.address, naive) as door:
        ledger, _ = rounds_of(sentinels, door, rounds, count)
    figure("failover with GETDEL: redeemed twice", f"{ledger}, {rounds} failovers")
    with pytest.raises(AssertionError, match="ids were redeemed twice"):
        ledger.judge()


def test_the_repository_alone_repeats_no_redeem_either(
    sentinels: WatchedRedis, scale: Scale, figure: Figure
) -> None:
    rounds, count = scale(1, 10), scale(20, 200)
    with repository_door("the repository", sentinels.address, framegates) as door:
        ledger, _ = rounds_of(sentinels, door, rounds, count)
    figure("failover, without HTTP: redeemed twice", f"{ledger}, {rounds} failovers")
    ledger.judge()
