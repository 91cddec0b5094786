"""Who may talk to the servers of a topology: what cuts them off from each other.

Each party has a user of its own. A server that no longer lets a party in, and ends the
connections it has, is as good as cut off from it, while the others go on reaching it. No
packet filter and no proxy is needed, and nothing stands between a client and its server.
"""

from collections.abc import Callable
from typing import Any

import attrs
import redis

from tests.support.redis_server import RedisServer
from tests.support.waiting import until


@attrs.frozen
class Login:
    username: str
    password: str = attrs.field(repr=False)

    @property
    def options(self) -> tuple[str, ...]:
        """What has a server know this user."""
        return ("--user", self.username, "on", f">{self.password}", "~*", "&*", "+@all")


FRAMEGATE = Login("framegate", "framegate-password")
REPLICA = Login("replica", "replica-password")
TEST = Login("test", "test-password")

# Sentinels come as Redis's default user.
SENTINEL_USERNAME = "default"

OPTIONS = (
    *FRAMEGATE.options,
    *REPLICA.options,
    *TEST.options,
    *("--masteruser", REPLICA.username, "--masterauth", REPLICA.password),
)


def connect(server: RedisServer) -> "redis.Redis":
    """Connect as the test, who is always let in."""
    return server.client(TEST.username, TEST.password)


def shut_out(server: RedisServer, *usernames: str) -> None:
    """Let them in no more, and end the connections that they have."""

    def shut(client: Any) -> None:
        for username in usernames:
            client.execute_command("ACL", "SETUSER", username, "off")
            client.execute_command("CLIENT", "KILL", "USER", username)

    _have_done(server, shut)


def let_in(server: RedisServer, *usernames: str) -> None:
    def let(client: Any) -> None:
        for username in usernames:
            client.execute_command("ACL", "SETUSER", username, "on")

    _have_done(server, let)


def _have_done(server: RedisServer, do: Callable[[Any], None]) -> None:
    """Have it done, also while sentinels give the server a role.

    With it they end all its clients' connections (CLIENT KILL TYPE normal): so also this one.
    """

    def is_done() -> bool:
        try:
            with connect(server) as client:
                do(client)
        except redis.ConnectionError:
            return False
        return True

    until("the server has done it", is_done)


def catch_up(server: RedisServer, replicas: int, slot_of: str = "portal") -> None:
    """Wait until so many replicas have every write that the server has taken so far.

    In a Cluster the server must be the one that serves the hash tag ``slot_of``.
    """
    with connect(server) as client:
        # WAIT looks at the writes of its own connection only, so there must be one.
        client.set(f"{{{slot_of}}}:caught-up", 1, px=1)
        reached = client.execute_command("WAIT", replicas, 20_000)
    assert reached >= replicas, f"{reached} of {replicas} replicas caught up"
