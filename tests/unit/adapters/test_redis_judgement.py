"""What a Redis tells of itself, judged: both sides of every boundary."""

import pytest

from adapters.redis.judgement import judge
from adapters.redis.scripts import SingleUse
from application.ports import Finding, Verdict
from tests.unit.catalogues import fill

FIT: dict[str, object] = {
    "redis_version": "7.0.15",
    "role": "master",
    "connected_slaves": 0,
    "master_replid": "8371b4fb1155b71f4a04d3e1bc3e18c4a990aeeb",
    "maxmemory_policy": "noeviction",
    "aof_enabled": 1,
}
FSYNC_ALWAYS = {"appendfsync": "always", "no-appendfsync-on-rewrite": "no"}


def judged(
    single_use: SingleUse = SingleUse.STRICT,
    config: dict[str, object] | None = None,
    **differing: object,
) -> dict[str, Finding]:
    """Judge a fit server but for what differs; ``None`` is what it does not tell."""
    server = {name: v for name, v in (FIT | differing).items() if v is not None}
    findings = list(judge(server, config or {}, single_use))
    for finding in findings:
        fill(finding.what, finding.facts)
    return {finding.what: finding for finding in findings}


def amiss(findings: dict[str, Finding]) -> list[str]:
    return [what for what, finding in findings.items() if finding.verdict is not Verdict.OK]


@pytest.mark.parametrize("version", ["6.2.0", "6.2.14", "7.0.15", "8.2.1", "10.0.0"])
def test_a_fit_redis_has_nothing_amiss(version: str) -> None:
    assert amiss(judged(redis_version=version)) == []
    assert amiss(judged(SingleUse.DURABLE, {**FSYNC_ALWAYS}, redis_version=version)) == []


@pytest.mark.parametrize("version", ["2.8.4", "5.0.14", "6.0.16", "6.1.240"])
def test_a_version_before_6_2_is_too_old(version: str) -> None:
    findings = judged(redis_version=version)
    assert amiss(findings) == ["redis.version.old"]
    assert findings["redis.version.old"] == Finding.failed("redis.version.old", version=version)


def test_valkey_is_called_by_its_own_name_and_version() -> None:
    findings = judged(redis_version="7.2.4", valkey_version="8.1.3")
    assert findings["redis.version.fit"].facts == {"product": "Valkey", "version": "8.1.3"}


@pytest.mark.parametrize("version", [None, "", "unknown"])
def test_a_version_that_is_not_told_is_noted(version: str | None) -> None:
    finding = judged(redis_version=version)["redis.version.unknown"]
    assert finding.verdict is Verdict.NOTE


@pytest.mark.parametrize(
    "policy",
    ["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-ttl"],
)
def test_every_policy_that_evicts_is_wrong(policy: str) -> None:
    findings = judged(maxmemory_policy=policy)
    assert amiss(findings) == ["redis.eviction.on"]
    assert findings["redis.eviction.on"] == Finding.failed("redis.eviction.on", policy=policy)


def test_a_policy_that_is_not_told_is_noted() -> None:
    findings = judged(maxmemory_policy=None)
    assert findings["redis.eviction.unknown"].verdict is Verdict.NOTE


def test_a_replica_is_wrong_and_its_primary_is_named() -> None:
    findings = judged(role="slave", master_host="10.0.0.7", master_port=6379)
    assert amiss(findings) == ["redis.role.replica"]
    wrong = Finding.failed("redis.role.replica", primary="10.0.0.7:6379")
    assert findings["redis.role.replica"] == wrong


@pytest.mark.parametrize("replid", [None, "", "hidden", "0" * 40])
def test_strict_needs_a_replication_id_and_durable_does_not(replid: str | None) -> None:
    findings = judged(master_replid=replid)
    assert amiss(findings) == ["redis.incarnation.unreadable"]
    assert findings["redis.incarnation.unreadable"].verdict is Verdict.FAILED
    assert amiss(judged(SingleUse.DURABLE, {**FSYNC_ALWAYS}, master_replid=replid)) == []


@pytest.mark.parametrize(
    ("config", "aof_enabled", "what"),
    [
        ({**FSYNC_ALWAYS}, 0, "redis.durable.no_aof"),
        ({}, 0, "redis.durable.no_aof"),
        ({**FSYNC_ALWAYS, "appendfsync": "everysec"}, 1, "redis.durable.fsync"),
        ({**FSYNC_ALWAYS, "appendfsync": "no"}, 1, "redis.durable.fsync"),
        (
            {**FSYNC_ALWAYS, "no-appendfsync-on-rewrite": "yes"},
            1,
            "redis.durable.fsync_on_rewrite",
        ),
    ],
)
def test_durable_is_contradicted_by_anything_less_than_an_fsync_before_each_reply(
    config: dict[str, object], aof_enabled: int, what: str
) -> None:
    findings = judged(SingleUse.DURABLE, config, aof_enabled=aof_enabled)
    assert amiss(findings) == [what]
    assert findings[what].verdict is Verdict.FAILED
    # The fence does not mind.
    assert amiss(judged(SingleUse.STRICT, config, aof_enabled=aof_enabled)) == []


def test_an_appendfsync_that_may_not_be_asked_for_is_noted() -> None:
    findings = judged(SingleUse.DURABLE, {})
    assert amiss(findings) == ["redis.durable.unknown"]
    assert findings["redis.durable.unknown"].verdict is Verdict.NOTE


def test_replicas_are_noted_where_a_promotion_would_break_the_promise() -> None:
    findings = judged(SingleUse.DURABLE, {**FSYNC_ALWAYS}, connected_slaves=2)
    assert amiss(findings) == ["redis.durable.replicas"]
    assert findings["redis.durable.replicas"] == Finding.note("redis.durable.replicas", replicas=2)
    assert amiss(judged(connected_slaves=2)) == []
