"""Behind sentinels and in a Cluster, too, a redeem without an answer is sent once."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.redis.address import RedisLimits
from adapters.redis.link import RedisLink
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from application.ports import StoreUnavailable
from domain.payload import Payload
from domain.refusal import Refusal, Refused
from domain.session_id import Digest
from tests.support.redis_access import connect
from tests.support.redis_cluster import running_cluster
from tests.support.redis_sentinel import running_sentinels
from tests.support.redis_server import RedisServer
from tests.support.topology import Topology
from tests.support.waiting import until

# Long enough that a server which stands still for a moment stays what it is.
PATIENCE_MS = 20_000


@pytest.fixture(params=["sentinels", "cluster"])
def topology(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Topology]:
    running = {"sentinels": running_sentinels, "cluster": running_cluster}[request.param]
    with running(tmp_path / "redis", PATIENCE_MS) as made:
        yield made


def scripts_run(server: RedisServer) -> int:
    with connect(server) as client:
        return int(client.info("commandstats").get("cmdstat_evalsha", {"calls": 0})["calls"])


def test_a_redeem_that_times_out_is_not_sent_again(topology: Topology) -> None:
    server = topology.serving("portal")

    async def time_out() -> None:
        link = RedisLink.to(topology.address, RedisLimits())
        sessions = RedisSessions(link, load_scripts(SingleUse.STRICT))
        for name in ("warm-up", "a session"):
            await sessions.create(
                "portal", Digest.of(name), ttl_ms=600_000, cap=9, payload=Payload()
            )
        await sessions.redeem("portal", Digest.of("warm-up"))
        before = scripts_run(server)
        server.send(signal.SIGSTOP)
        with pytest.raises(StoreUnavailable):
            await sessions.redeem("portal", Digest.of("a session"))
        server.send(signal.SIGCONT)
        until("the redeem has run", lambda: scripts_run(server) > before)
        with pytest.raises(Refused) as refused:
            await sessions.redeem("portal", Digest.of("a session"))
        assert refused.value.reason is Refusal.USED
        assert scripts_run(server) - before == 2, "one for each redeem"
        await link.close()

    asyncio.run(time_out())
