"""The look at Redis behind Sentinels and in a Cluster: every server that decides is looked at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from application.ports import Verdict
from entrypoints.settings import load_settings
from entrypoints.store_check import examine_store
from tests.support.acl import DOCUMENT, documented_rules
from tests.support.redis_access import connect
from tests.support.redis_cluster import RedisNodes, running_cluster
from tests.support.redis_sentinel import running_sentinels
from tests.support.redis_server import running_redis
from tests.support.topology import NEVER_DOWN_MS

PASSWORD = "pa55word-of-nobody"
CLUSTER_RULES = ["+cluster|slots", "+asking"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisNodes]:
    with running_cluster(tmp_path_factory.mktemp("cluster"), NEVER_DOWN_MS) as nodes:
        yield nodes


def look(environment: dict[str, str]) -> list[tuple[Verdict, str, object]]:
    settings = load_settings({**environment, "REDIS_TIMEOUT_MS": "20000"})
    found = examine_store(settings, seconds=60)
    return [(one.verdict, one.what, one.facts.get("where")) for one in found]


def amiss(found: list[tuple[Verdict, str, object]]) -> list[str]:
    return [what for verdict, what, _ in found if verdict is not Verdict.OK]


def test_behind_sentinels_the_primary_is_looked_at(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_sentinels(tmp_path_factory.mktemp("sentinels"), NEVER_DOWN_MS) as watched:
        found = look(watched.environment)
    assert amiss(found) == []
    assert [where for _, what, where in found if what == "redis.reached"] == [watched.address.where]


def test_in_a_cluster_each_primary_is_looked_at_and_left_without_a_trace(
    cluster: RedisNodes,
) -> None:
    found = look(cluster.environment)
    assert amiss(found) == []
    reached = {where for _, what, where in found if what == "redis.reached"}
    primaries = {f"127.0.0.1:{node.port}" for node in cluster.nodes[:3]}
    assert reached == primaries
    for node in cluster.nodes[:3]:
        with connect(node) as redis:
            assert redis.dbsize() == 0


def test_one_node_that_evicts_is_found(cluster: RedisNodes) -> None:
    with connect(cluster.nodes[1]) as redis:
        redis.config_set("maxmemory-policy", "allkeys-lru")
        try:
            found = look(cluster.environment)
        finally:
            redis.config_set("maxmemory-policy", "noeviction")
    assert amiss(found) == ["redis.eviction.on"]


def test_the_documented_user_is_enough_in_a_cluster_and_is_missed_on_any_node(
    cluster: RedisNodes,
) -> None:
    def make_user(rules: list[str], nodes: slice = slice(None)) -> None:
        for node in cluster.nodes[nodes]:
            with connect(node) as redis:
                redis.execute_command(
                    "ACL", "SETUSER", "small", "reset", "on", f">{PASSWORD}", *rules
                )

    user = {"REDIS_USERNAME": "small", "REDIS_PASSWORD": PASSWORD}
    make_user([*documented_rules(), *CLUSTER_RULES])
    assert amiss(look({**cluster.environment, **user})) == []
    make_user([*documented_rules(), *CLUSTER_RULES, "-zadd"], slice(1, 2))
    assert len(amiss(look({**cluster.environment, **user}))) == 1


def test_the_rules_for_a_cluster_are_documented() -> None:
    text = " ".join(DOCUMENT.read_text().split())
    assert all(rule in text for rule in CLUSTER_RULES)


def test_a_cluster_that_is_away_is_said_to_be(cluster: RedisNodes) -> None:
    nowhere = {**cluster.environment, "REDIS_NODES": "127.0.0.1:1"}
    assert len(amiss(look(nowhere))) == 1


def test_a_node_of_a_cluster_that_is_taken_for_a_single_redis_is_recognised(
    cluster: RedisNodes,
) -> None:
    single = {
        "REDIS_HOST": "127.0.0.1",
        "REDIS_PORT": str(cluster.nodes[0].port),
        "REDIS_USERNAME": cluster.environment["REDIS_USERNAME"],
        "REDIS_PASSWORD": cluster.environment["REDIS_PASSWORD"],
    }
    assert amiss(look(single)) == ["redis.cluster.unsaid"]


def test_a_single_redis_that_is_taken_for_a_cluster_is_recognised(tmp_path: Path) -> None:
    with running_redis(tmp_path / "single") as server:
        found = look({"REDIS_CLUSTER": "True", "REDIS_NODES": f"127.0.0.1:{server.port}"})
    assert amiss(found) == ["redis.unreachable.no_cluster"]


@pytest.mark.parametrize("service", ["nobody-knows", "gate"])
def test_sentinels_that_name_no_primary_are_said_to_be_the_problem(
    tmp_path: Path, service: str
) -> None:
    with running_redis(tmp_path / "no-sentinel") as server:
        address = f"127.0.0.1:{server.port if service == 'gate' else 1}"
        found = look({"REDIS_SENTINELS": address, "REDIS_SENTINEL_SERVICE": service})
    assert amiss(found) in (["redis.unreachable.sentinel"], ["redis.unreachable.other"])
