"""The way to a node of a Cluster: redirections are followed, nothing is sent again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.crc import key_slot
from redis.exceptions import ClusterDownError, RedisClusterException, TryAgainError
from redis.exceptions import ConnectionError as RedisConnectionError

from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.client import make_carrier
from adapters.redis.cluster import LOOK_SECONDS, MOST_REDIRECTIONS, Cluster
from adapters.redis.line import Line
from tests.support.scripted_redis import Command, Say, ScriptedRedis, resp, scripted_redis
from tests.support.stepped_loop import in_a_stepped_loop, step

PATIENCE = 20.0
KEY = b"fg:{portal}:active"
SLOT = key_slot(KEY)
FINE = b"+FINE\r\n"


class Nodes:
    """Two nodes, both known to begin with. The ``owner`` has all slots, the other is a replica."""

    def __init__(self, first: ScriptedRedis, second: ScriptedRedis) -> None:
        self.first, self.second = self.both = first, second
        self.owner = first
        for node in self.both:
            self.have(node, FINE)
        address = RedisAddress(nodes=tuple(("127.0.0.1", node.port) for node in self.both))
        cluster = make_carrier(address, RedisLimits(timeout_seconds=PATIENCE))
        assert isinstance(cluster, Cluster)
        self.cluster = cluster

    @property
    def looks(self) -> int:
        """How often the topology was asked for."""
        return sum(command[0] == b"CLUSTER" for node in self.both for command in node.commands)

    def have(self, node: ScriptedRedis, say: bytes | Say | None) -> None:
        """Have a node answer this, but when it is asked for the topology."""

        def tell(command: Command) -> bytes | None:
            if command[0] == b"CLUSTER":
                holders = sorted(self.both, key=lambda node: node is not self.owner)
                told = [["127.0.0.1", node.port, f"{node.port:040}"] for node in holders]
                return resp([[0, 16_383, *told]])
            return say(command) if callable(say) else say

        node.say = tell

    def redirect(self, node: ScriptedRedis, how: str, to: ScriptedRedis) -> None:
        self.have(node, resp(Exception(f"{how} {SLOT} 127.0.0.1:{to.port}")))

    def sent_to(self, node: ScriptedRedis) -> list[bytes]:
        return [command[0] for command in node.commands if command[0] != b"CLUSTER"]

    def line_to(self, node: ScriptedRedis) -> Line:
        line: Line = self.cluster._lines[f"127.0.0.1:{node.port}"]
        return line

    async def send(self, word: str) -> object:
        return await self.cluster.send(KEY, word)


@asynccontextmanager
async def two_nodes() -> AsyncIterator[Nodes]:
    def silence(_: Command) -> bytes:
        return b""

    async with scripted_redis(silence) as first, scripted_redis(silence) as second:
        nodes = Nodes(first, second)
        yield nodes
        await nodes.cluster.close()


@in_a_stepped_loop
async def test_all_who_want_to_know_the_topology_look_once_together() -> None:
    async with two_nodes() as nodes:
        told = await asyncio.gather(*(nodes.send(f"ONE-{n}") for n in range(50)))
        assert told == [b"FINE"] * 50
        assert nodes.looks == 1
        assert len(nodes.sent_to(nodes.first)) == 50
        # One to ask for the topology, which is closed by then, and one for all commands.
        assert sum(node.connections for node in nodes.both) == 2
        assert sum(len(node.lines) for node in nodes.both) == 1
        assert len([piece for piece in nodes.first.pieces if len(piece) == 50]) == 1


@in_a_stepped_loop
async def test_a_move_is_followed_and_remembered() -> None:
    async with two_nodes() as nodes:
        await nodes.send("ONE")
        nodes.redirect(nodes.first, "MOVED", nodes.second)
        assert await nodes.send("TWO") == b"FINE"
        assert await nodes.send("THREE") == b"FINE"
        assert nodes.sent_to(nodes.first) == [b"ONE", b"TWO"]
        assert nodes.sent_to(nodes.second) == [b"TWO", b"THREE"]
        assert nodes.cluster.server_of(KEY) == f"127.0.0.1:{nodes.second.port}"


@in_a_stepped_loop
async def test_a_slot_under_way_is_asked_for_once_and_right_before_the_command() -> None:
    async with two_nodes() as nodes:
        nodes.redirect(nodes.first, "ASK", nodes.second)
        assert await asyncio.gather(*map(nodes.send, ("ONE", "TWO"))) == [b"FINE"] * 2
        assert nodes.sent_to(nodes.second) == [b"ASKING", b"ONE", b"ASKING", b"TWO"]
        nodes.have(nodes.first, FINE)
        await nodes.send("THREE")
        assert nodes.sent_to(nodes.first) == [b"ONE", b"TWO", b"THREE"]
        assert nodes.cluster.server_of(KEY) == f"127.0.0.1:{nodes.first.port}"


@pytest.mark.parametrize("how", ["MOVED", "ASK"])
def test_redirections_in_a_circle_come_to_an_end(how: str) -> None:
    @in_a_stepped_loop
    async def go_round() -> None:
        async with two_nodes() as nodes:
            nodes.redirect(nodes.first, how, nodes.second)
            nodes.redirect(nodes.second, how, nodes.first)
            with pytest.raises(ClusterDownError):
                await nodes.send("ONE")
            sent = nodes.sent_to(nodes.first) + nodes.sent_to(nodes.second)
            assert sent.count(b"ONE") == MOST_REDIRECTIONS

    go_round()


@in_a_stepped_loop
async def test_what_a_slot_under_way_cannot_do_now_is_told_and_not_tried_again() -> None:
    async with two_nodes() as nodes:
        nodes.have(nodes.first, resp(Exception("TRYAGAIN Multiple keys request")))
        with pytest.raises(TryAgainError):
            await nodes.send("ONE")
        assert nodes.sent_to(nodes.first) == [b"ONE"]


@in_a_stepped_loop
async def test_a_node_that_says_the_cluster_is_down_is_asked_nothing_more_once_replaced() -> None:
    async with two_nodes() as nodes:
        nodes.have(nodes.first, resp(Exception("CLUSTERDOWN The cluster is down")))
        with pytest.raises(ClusterDownError):
            await nodes.send("ONE")
        nodes.owner = nodes.second
        # What was looked at a moment ago is not looked at again.
        with pytest.raises(ClusterDownError):
            await nodes.send("TWO")
        assert nodes.looks == 1
        step(LOOK_SECONDS)
        assert await nodes.send("THREE") == b"FINE"
        assert nodes.looks == 2
        assert nodes.sent_to(nodes.second) == [b"THREE"]


@in_a_stepped_loop
async def test_a_node_that_is_lost_is_replaced_by_who_took_over_and_nothing_is_sent_again() -> None:
    async with two_nodes() as nodes:
        await nodes.send("ONE")
        nodes.have(nodes.first, None)
        with pytest.raises(RedisConnectionError):
            await nodes.send("TWO")
        nodes.owner = nodes.second
        step(LOOK_SECONDS)
        assert await nodes.send("THREE") == b"FINE"
        assert nodes.sent_to(nodes.first) == [b"ONE", b"TWO"]
        assert nodes.sent_to(nodes.second) == [b"THREE"]


@in_a_stepped_loop
async def test_a_node_that_does_not_answer_is_replaced_by_who_took_over() -> None:
    async with two_nodes() as nodes:
        await nodes.send("ONE")
        nodes.have(nodes.first, b"")
        waiting = asyncio.ensure_future(nodes.send("TWO"))
        while b"TWO" not in nodes.sent_to(nodes.first):  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0)
        nodes.owner = nodes.second
        step(PATIENCE)
        with pytest.raises(TimeoutError):
            await waiting
        while nodes.line_to(nodes.first).is_up:  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0)
        assert await nodes.send("THREE") == b"FINE"
        assert nodes.sent_to(nodes.second) == [b"THREE"]


@in_a_stepped_loop
async def test_the_node_that_was_lost_is_the_last_to_be_asked_for_the_topology() -> None:
    async with two_nodes() as nodes:
        for _ in range(10):
            await nodes.send("ONE")
            asked = len(nodes.first.commands)
            nodes.first.hang_up()
            while nodes.line_to(nodes.first).is_up:  # noqa: ASYNC110 nobody tells
                await asyncio.sleep(0)
            step(LOOK_SECONDS)
            await nodes.send("TWO")
            assert nodes.first.commands[asked:] == [(b"TWO",)]


@in_a_stepped_loop
async def test_a_cluster_without_slots_is_no_cluster_yet() -> None:
    async with two_nodes() as nodes:
        for node in nodes.both:
            node.say = lambda _: resp([])
        with pytest.raises(RedisClusterException):
            await nodes.send("ONE")


@in_a_stepped_loop
async def test_nodes_that_are_all_away_are_not_looked_for_without_pause() -> None:
    async with two_nodes() as nodes:
        for node in nodes.both:
            node.say = lambda _: None
        for _ in range(5):
            with pytest.raises(RedisClusterException):
                await nodes.send("ONE")
        assert [node.connections for node in nodes.both] == [1, 1]
        step(LOOK_SECONDS)
        with pytest.raises(RedisClusterException):
            await nodes.send("ONE")
        assert [node.connections for node in nodes.both] == [2, 2]
