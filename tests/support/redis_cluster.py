"""A Redis Cluster of three primaries with a replica each, as real processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.redis.address import RedisAddress
from tests.support.redis_access import FRAMEGATE, OPTIONS, REPLICA, connect, let_in, shut_out
from tests.support.redis_server import RedisServer, can_listen, free_port
from tests.support.topology import Topology
from tests.support.waiting import until

NODE_TIMEOUT_MS = 1000
BUS = 10_000  # how far above its port a node listens for the other nodes
LAST_PORT = 65_535
# Each primary's share of the 16,384 slots.
SHARES = ((0, 5460), (5461, 10_922), (10_923, 16_383))


def free_node_port() -> int:
    while True:
        port = free_port()
        if port + BUS <= LAST_PORT and can_listen(port + BUS):
            return port


class RedisNodes(Topology):
    """The first three nodes start as primaries, each of the others as a replica of one."""

    replicas_each = 1

    def __init__(self, folder: Path, node_timeout_ms: int) -> None:
        self.node_timeout_ms = node_timeout_ms
        options = (
            *OPTIONS,
            *("--cluster-enabled", "yes", "--cluster-node-timeout", str(node_timeout_ms)),
            *("--cluster-allow-replica-migration", "no"),
            *("--repl-diskless-sync-delay", "0", "--save", ""),
        )
        self.nodes = [
            RedisServer(folder / f"node-{n}", *options, port=free_node_port()) for n in range(6)
        ]

    @property
    def address(self) -> RedisAddress:
        return RedisAddress(
            nodes=tuple(("127.0.0.1", node.port) for node in self.nodes),
            username=FRAMEGATE.username,
            password=FRAMEGATE.password,
        )

    @property
    def environment(self) -> dict[str, str]:
        return {
            "REDIS_CLUSTER": "true",
            "REDIS_NODES": ",".join(f"127.0.0.1:{node.port}" for node in self.nodes),
            "REDIS_USERNAME": FRAMEGATE.username,
            "REDIS_PASSWORD": FRAMEGATE.password,
        }

    def start(self) -> None:
        for node in self.nodes:
            node.start()
        for n, node in enumerate(self.nodes):
            with connect(node) as client:
                # Different epochs from the start, so that no two nodes claim the same one.
                client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", n + 1)
                if n < len(SHARES):
                    client.execute_command("CLUSTER", "ADDSLOTSRANGE", *SHARES[n])
                for other in self.nodes[:n]:
                    client.execute_command("CLUSTER", "MEET", "127.0.0.1", other.port)
        until("all nodes know each other", lambda: all(map(self._knows_all, self.nodes)))
        for primary, replica in zip(self.nodes[:3], self.nodes[3:], strict=True):
            with connect(primary) as client:
                name = client.execute_command("CLUSTER", "MYID")
            with connect(replica) as client:
                client.execute_command("CLUSTER", "REPLICATE", name)
        self.heal()

    def kill(self) -> None:
        for node in self.nodes:
            if node.alive:
                node.kill()

    def serving(self, client_name: str) -> RedisServer:
        (port,) = {self._holder(node, client_name) for node in self._alive}
        return next(node for node in self.nodes if node.port == port)

    def drop_replication(self, primary: RedisServer) -> None:
        shut_out(primary, REPLICA.username)

    def names_another(self, former: RedisServer, client_name: str) -> bool:
        return any(self._holder(node, client_name) != former.port for node in self._alive)

    def wait_for_another(self, former: RedisServer, client_name: str) -> None:
        until(
            "all nodes name another primary",
            lambda: all(self._holder(node, client_name) != former.port for node in self._alive),
        )

    def heal(self) -> None:
        for node in self.nodes:
            if not node.alive:
                node.start()
            let_in(node, REPLICA.username)
        until("all nodes see all well", lambda: all(map(self._is_well, self.nodes)), 60)

    @property
    def _alive(self) -> list[RedisServer]:
        return [node for node in self.nodes if node.alive]

    def _holder(self, node: RedisServer, client_name: str) -> int:
        """Tell the port of whom the node takes for the client's primary."""
        with connect(node) as client:
            slot = client.execute_command("CLUSTER", "KEYSLOT", f"{{{client_name}}}")
            shares = client.execute_command("CLUSTER", "SLOTS")
        (port,) = (int(holder[1]) for first, last, holder, *_ in shares if first <= slot <= last)
        return port

    def _knows_all(self, node: RedisServer) -> bool:
        with connect(node) as client:
            nodes = client.execute_command("CLUSTER NODES")
        return len(nodes) == len(self.nodes) and not any(
            "handshake" in known["flags"] for known in nodes.values()
        )

    def _is_well(self, node: RedisServer) -> bool:
        with connect(node) as client:
            cluster = client.execute_command("CLUSTER INFO")
            nodes = client.execute_command("CLUSTER NODES")
            replication = client.info("replication")
        attached = (
            replication["connected_slaves"] == 1
            if replication["role"] == "master"
            else replication["master_link_status"] == "up"
        )
        return (
            attached
            and cluster["cluster_state"] == "ok"
            and not any("fail" in known["flags"] for known in nodes.values())
        )


@contextmanager
def running_cluster(folder: Path, node_timeout_ms: int = NODE_TIMEOUT_MS) -> Iterator[RedisNodes]:
    cluster = RedisNodes(folder, node_timeout_ms)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.kill()
