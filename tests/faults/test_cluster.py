"""In a Cluster, a replica takes over from a primary whose last redeems it never heard of."""

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.faults.doors import naive, repository_door, server_door
from tests.faults.failover import BEFORE, OWN_SECONDS, lose_redeems_in_a_failover
from tests.faults.ledger import Ledger
from tests.support.redis_cluster import RedisNodes, running_cluster

Scale = Callable[[int, int], int]
Figure = Callable[[str, str], None]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisNodes]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as nodes:
        yield nodes


def test_no_redeem_that_a_take_over_loses_can_be_repeated_and_service_returns(
    cluster: RedisNodes, tmp_path: Path, clients_file: Path, scale: Scale, figure: Figure
) -> None:
    rounds, count = scale(1, 20), scale(20, 200)
    ledger = Ledger()
    with server_door(tmp_path / "server", clients_file, cluster.environment) as door:
        outages = [lose_redeems_in_a_failover(cluster, door, ledger, count) for _ in range(rounds)]
    assert ledger.won(BEFORE) > ledger.issued / 2, str(ledger)
    ledger.judge()
    back = [outage.until_back for outage in outages]
    figure("take-over in a Cluster: redeemed twice", f"{ledger}, {rounds} take-overs")
    figure(
        f"take-over in a Cluster: service back (cluster-node-timeout {cluster.node_timeout_ms} ms)",
        f"median {median(back):.2f} s, worst {max(back):.2f} s, of which after the nodes' word "
        f"worst {max(o.after_told for o in outages):.2f} s",
    )
    for outage in outages:
        assert outage.after_told <= OWN_SECONDS, outage


def test_the_same_take_over_with_getdel_shows_that_this_test_can_see_the_fault(
    cluster: RedisNodes, scale: Scale, figure: Figure
) -> None:
    rounds, count = scale(1, 5), scale(20, 200)
    ledger = Ledger()
    with repository_door("GETDEL", cluster.address, naive) as door:
        for _ in range(rounds):
            lose_redeems_in_a_failover(cluster, door, ledger, count)
    figure("take-over in a Cluster with GETDEL: redeemed twice", f"{ledger}, {rounds} take-overs")
    with pytest.raises(AssertionError, match="ids were redeemed twice"):
        ledger.judge()
