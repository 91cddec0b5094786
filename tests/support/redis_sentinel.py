"""One primary, two replicas and three sentinels, as real processes."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import redis

from adapters.redis.address import RedisAddress
from tests.support.redis_access import (
    FRAMEGATE,
    OPTIONS,
    REPLICA,
    SENTINEL_USERNAME,
    connect,
    let_in,
    shut_out,
)
from tests.support.redis_server import RedisServer
from tests.support.topology import Topology
from tests.support.waiting import until

SERVICE = "gate"
DOWN_AFTER_MS = 500
FAILOVER_TIMEOUT_MS = 3000

# What sentinels do every so often, in ms; and in a hurry, where nothing is being measured.
USUAL = {"info": 10_000, "ping": 1000, "ask": 1000, "publish": 2000}
HURRIED = {"info": 100, "ping": 100, "ask": 100}
# A sentinel that has not heard of a failover waits four of its publishing periods before it
# makes the promoted server a replica again. Short ones are for when no failover is under way.
HEALING = {**HURRIED, "publish": 100}


class Sentinel(RedisServer):
    """One sentinel; to a client of its port it looks much like a server."""

    def watch(self, primary_port: int, down_after_ms: int) -> None:
        self._configuration.write_text(
            f"""
port {self.port}
bind 127.0.0.1
dir "{self.folder}"
sentinel monitor {SERVICE} 127.0.0.1 {primary_port} 2
sentinel down-after-milliseconds {SERVICE} {down_after_ms}
sentinel failover-timeout {SERVICE} {FAILOVER_TIMEOUT_MS}
sentinel parallel-syncs {SERVICE} 2
"""
        )
        self.start()

    def ask(self, *question: str) -> Any:
        with self.client() as client:
            return client.execute_command("SENTINEL", *question)

    @property
    def primary_port(self) -> int:
        with self.client() as client:
            return int(client.sentinel_master(SERVICE)["port"])

    @property
    def flags(self) -> str:
        """What it thinks of the primary: "master", and more where something is wrong."""
        with self.client() as client:
            return str(client.sentinel_master(SERVICE)["flags"])

    def names_another(self, former: RedisServer) -> bool:
        return self.primary_port != former.port

    def sees_all_well(self) -> bool:
        with self.client() as client:
            primary = client.sentinel_master(SERVICE)
            replicas = client.sentinel_slaves(SERVICE)
            others = client.sentinel_sentinels(SERVICE)
        return (
            (primary["flags"], primary["role-reported"]) == ("master", "master")
            and [(r["flags"], r["role-reported"]) for r in replicas] == [("slave", "slave")] * 2
            and all(r["master-link-status"] == "ok" for r in replicas)
            and all(r["master-port"] == primary["port"] for r in replicas)
            and [o["flags"] for o in others] == ["sentinel"] * 2
        )

    @property
    def _configuration(self) -> Path:
        return self.folder / "sentinel.conf"

    def _command(self) -> list[str]:
        return ["redis-sentinel", str(self._configuration)]


class WatchedRedis(Topology):
    """Three servers under three sentinels. Who is the primary changes; who is there does not."""

    replicas_each = 2

    def __init__(self, folder: Path, down_after_ms: int) -> None:
        self.down_after_ms = down_after_ms
        # A replica that attaches is served at once, and a server's folder stays empty.
        options = (*OPTIONS, "--repl-diskless-sync-delay", "0", "--save", "")
        self.servers = [RedisServer(folder / f"redis-{n}", *options) for n in range(3)]
        self.sentinels = [Sentinel(folder / f"sentinel-{n}") for n in range(3)]

    @property
    def address(self) -> RedisAddress:
        return RedisAddress(
            sentinels=tuple(("127.0.0.1", sentinel.port) for sentinel in self.sentinels),
            sentinel_service=SERVICE,
            username=FRAMEGATE.username,
            password=FRAMEGATE.password,
        )

    @property
    def environment(self) -> dict[str, str]:
        return {
            "REDIS_SENTINELS": ",".join(f"127.0.0.1:{s.port}" for s in self.sentinels),
            "REDIS_SENTINEL_SERVICE": SERVICE,
            "REDIS_USERNAME": FRAMEGATE.username,
            "REDIS_PASSWORD": FRAMEGATE.password,
        }

    @property
    def primary(self) -> RedisServer:
        """Whom the sentinels take for the primary; to be asked when they agree."""
        (port,) = {sentinel.primary_port for sentinel in self.sentinels}
        return next(server for server in self.servers if server.port == port)

    def serving(self, client_name: str) -> RedisServer:
        del client_name  # all are on one server
        return self.primary

    def start(self) -> None:
        first, *others = self.servers
        first.start()
        for server in others:
            server.start("--replicaof", "127.0.0.1", str(first.port))
        for sentinel in self.sentinels:
            sentinel.watch(first.port, self.down_after_ms)
        self.heal()

    def kill(self) -> None:
        for process in (*self.sentinels, *self.servers):
            if process.alive:
                process.kill()

    def drop_replication(self, primary: RedisServer) -> None:
        shut_out(primary, REPLICA.username)

    def cut_off(self, server: RedisServer) -> None:
        """Leave it to its clients: sentinels and replicas do not reach it any longer."""
        shut_out(server, REPLICA.username, SENTINEL_USERNAME)

    def names_another(self, former: RedisServer, client_name: str = "") -> bool:
        del client_name
        return any(sentinel.names_another(former) for sentinel in self.sentinels)

    def wait_for_another(self, former: RedisServer, client_name: str = "") -> None:
        del client_name
        until(
            "all sentinels name another primary",
            lambda: self._all_name_another(former),
        )

    def fail_over_to(self, server: RedisServer) -> None:
        """Have the sentinels make this replica the primary, as an operator would."""
        former = self.primary
        for each in self.servers:
            with connect(each) as client:
                client.config_set("replica-priority", 1 if each is server else 100)
        self._hurry(HURRIED)
        until("the sentinels know whom to prefer", lambda: self._all_prefer(server))
        until("the sentinels have failed over", lambda: self._have_failed_over(former))
        self.heal()
        assert self.primary is server

    def heal(self) -> None:
        # Whoever comes back believes to be a primary until the sentinels make it a replica.
        self._hurry(HEALING)
        for server in self.servers:
            if not server.alive:
                server.start()
            let_in(server, REPLICA.username, SENTINEL_USERNAME)
        until("all sentinels see all well", self._all_well, 60)
        self._hurry(USUAL)

    def _have_failed_over(self, former: RedisServer) -> bool:
        """Tell whether they have, and begin where no failover is under way.

        One is given up, for good, where the promoted replica is not heard of for 3 s.
        """
        first = self.sentinels[0]
        if first.flags == "master" and not first.names_another(former):
            with suppress(redis.ResponseError):  # no replica looks good enough yet
                first.ask("FAILOVER", SERVICE)
        return self._all_name_another(former)

    def _all_name_another(self, former: RedisServer) -> bool:
        return all(sentinel.names_another(former) for sentinel in self.sentinels)

    def _all_prefer(self, server: RedisServer) -> bool:
        def preferred(sentinel: Sentinel) -> bool:
            with sentinel.client() as client:
                replicas = client.sentinel_slaves(SERVICE)
            wanted = {int(r["port"]): int(r["slave-priority"]) for r in replicas}
            return all(
                (priority == 1) == (port == server.port) for port, priority in wanted.items()
            )

        return all(map(preferred, self.sentinels))

    def _all_well(self) -> bool:
        # The same primary for all, or `primary` could not be told.
        views = {sentinel.primary_port for sentinel in self.sentinels}
        return len(views) == 1 and all(s.sees_all_well() for s in self.sentinels)

    def _hurry(self, periods: dict[str, int]) -> None:
        for sentinel in self.sentinels:
            for name, ms in periods.items():
                sentinel.ask("DEBUG", f"{name}-period", str(ms))


@contextmanager
def running_sentinels(folder: Path, down_after_ms: int = DOWN_AFTER_MS) -> Iterator[WatchedRedis]:
    watched = WatchedRedis(folder, down_after_ms)
    try:
        watched.start()
        yield watched
    finally:
        watched.kill()
