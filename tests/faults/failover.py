"""One failover that loses redeems: the same for every topology and every way in."""

import time

import attrs

from tests.faults.doors import Door
from tests.faults.ledger import Ledger
from tests.support.redis_access import catch_up
from tests.support.redis_server import RedisServer
from tests.support.topology import Topology
from tests.support.waiting import LONGEST_SECONDS

BEFORE = "before the failover"

# How long framegate itself may take once it can learn of the next primary, on a slow machine.
OWN_SECONDS = 2.0


@attrs.frozen
class Outage:
    """Seconds from the death of the primary on."""

    until_told: float  # until whoever asks could learn of the next primary
    until_back: float  # until a create succeeded

    @property
    def after_told(self) -> float:
        return max(0.0, self.until_back - self.until_told)


def lose_redeems_in_a_failover(
    topology: Topology, door: Door, ledger: Ledger, count: int
) -> Outage:
    """Redeem ids where no replica hears of it, kill the primary, and redeem them again."""
    primary = topology.serving("portal")
    ids = door.issue(count, ledger)
    catch_up(primary, topology.replicas_each)
    topology.drop_replication(primary)
    door.redeem_until_told(ids, ledger, BEFORE)
    outage = kill_and_sit_out(topology, door, primary)
    door.redeem(ids, ledger, "after the failover")
    topology.wait_for_another(primary, "portal")
    topology.heal()
    door.redeem(ids, ledger, "with the former primary back")
    return outage


def kill_and_sit_out(topology: Topology, door: Door, primary: RedisServer) -> Outage:
    began = time.monotonic()
    told = None
    primary.kill()
    while door.create() is None:
        waited = time.monotonic() - began
        assert waited < LONGEST_SECONDS, "service did not return"
        if told is None and topology.names_another(primary, "portal"):
            told = waited
        time.sleep(0.01)
    back = time.monotonic() - began
    return Outage(back if told is None else told, back)
