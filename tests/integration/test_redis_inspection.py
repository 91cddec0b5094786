"""The look at Redis, at real ones that each have something wrong with them."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.client import make_connections
from adapters.redis.inspection import RedisInspection
from adapters.redis.rehearsal import CLOCKS_APART_MS
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.system import SystemClock, SystemRandomness
from application.ports import Clock, Finding, Verdict
from entrypoints.settings import load_settings
from entrypoints.store_check import examine_store
from tests.support.acl import documented_rules
from tests.support.pretender import pretended_redis
from tests.support.redis_server import RedisServer, free_port, running_redis
from tests.support.worlds import link_to
from tests.unit.catalogues import fill

PASSWORD = "pa55word-of-nobody"
OF_PUSH = {"publish", "subscribe"}
OF_AUDIT = {"xadd", "xrange", "xrevrange"}
OPTIONAL = OF_PUSH | OF_AUDIT


def look(port: int, **environment: str) -> list[Finding]:
    settings = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(port), "REDIS_TIMEOUT_MS": "5000"}
    findings = list(examine_store(load_settings(settings | environment), seconds=30))
    for finding in findings:
        for text in fill(finding.what, finding.facts).values():
            assert PASSWORD not in text
    return findings


def amiss(findings: list[Finding]) -> list[str]:
    return [f.what for f in findings if f.verdict is not Verdict.OK]


def only_failure(findings: list[Finding]) -> Finding:
    failed = [finding for finding in findings if finding.verdict is Verdict.FAILED]
    assert len(failed) == 1, findings
    return failed[0]


def make_user(server: RedisServer, rules: list[str]) -> dict[str, str]:
    with server.client() as redis:
        redis.execute_command("ACL", "SETUSER", "framegate", "reset", "on", f">{PASSWORD}", *rules)
    return {"REDIS_USERNAME": "framegate", "REDIS_PASSWORD": PASSWORD}


def test_a_fit_redis_has_nothing_amiss_and_is_left_without_a_trace(
    redis_server: RedisServer,
) -> None:
    findings = look(redis_server.port)
    assert amiss(findings) == []
    assert {"redis.permissions.enough", "redis.push.works", "redis.fence.holds"} <= {
        f.what for f in findings
    }
    with redis_server.client() as redis:
        assert redis.dbsize() == 0
        assert redis.info("stats")["total_commands_processed"] > 10


def test_the_documented_user_passes_in_both_modes(tmp_path: Path) -> None:
    with running_redis(tmp_path / "r", "--appendonly", "yes", "--appendfsync", "always") as server:
        user = make_user(server, documented_rules())
        assert amiss(look(server.port, **user)) == []
        # It may not ask for appendfsync, and that is said.
        unasked = look(server.port, SINGLE_USE="durable", **user)
        assert amiss(unasked) == ["redis.durable.unknown"]
        user = make_user(server, [*documented_rules(), "+config|get"])
        assert amiss(look(server.port, SINGLE_USE="durable", **user)) == []


def test_every_rule_of_the_documented_user_is_missed_and_named_when_it_is_not_there(
    redis_server: RedisServer,
) -> None:
    rules = documented_rules()
    commands = [rule.removeprefix("+") for rule in rules if rule.startswith("+")]
    named = {}
    for command in [command for command in commands if command not in OPTIONAL]:
        user = make_user(redis_server, [rule for rule in rules if rule != f"+{command}"])
        finding = only_failure(look(redis_server.port, REDIS_DB="1", **user))
        named[command] = (finding.what, finding.facts.get("command"))
    assert named.keys() | OPTIONAL == set(commands)
    assert named == {command: ("redis.permissions.command", command) for command in named}
    assert len(named) > 20


@pytest.mark.parametrize("missing", ["+publish", "+subscribe", "&fg:revoked"])
def test_without_push_there_is_something_to_note_and_nothing_fails(
    redis_server: RedisServer, missing: str
) -> None:
    rules = documented_rules()
    assert missing in rules
    user = make_user(redis_server, [rule for rule in rules if rule != missing])
    assert amiss(look(redis_server.port, **user)) == ["redis.push.unheard"]


@pytest.mark.parametrize("missing", sorted(OF_AUDIT))
def test_without_the_stream_of_events_there_is_something_to_note_and_nothing_fails(
    redis_server: RedisServer, missing: str
) -> None:
    rules = documented_rules()
    assert f"+{missing}" in rules
    user = make_user(redis_server, [rule for rule in rules if rule != f"+{missing}"])
    assert amiss(look(redis_server.port, **user)) == ["redis.audit.not_kept"]
    assert amiss(look(redis_server.port, AUDIT_STREAM_LENGTH="0", **user)) == []


def test_what_only_the_probe_of_readiness_asks_for_is_tried_too(redis_server: RedisServer) -> None:
    # In durable no script unlinks.
    user = make_user(redis_server, [rule for rule in documented_rules() if rule != "+unlink"])
    found = look(redis_server.port, SINGLE_USE="durable", **user)
    assert Finding.failed("redis.permissions.command", command="unlink") in found


def test_a_user_of_other_keys_is_told_which_keys(redis_server: RedisServer) -> None:
    rules = ["~app:*" if rule == "~fg:*" else rule for rule in documented_rules()]
    user = make_user(redis_server, rules)
    assert only_failure(look(redis_server.port, **user)).what == "redis.permissions.keys"


def test_a_redis_that_evicts(redis_server: RedisServer) -> None:
    with redis_server.client() as redis:
        redis.config_set("maxmemory-policy", "volatile-lru")
    finding = only_failure(look(redis_server.port))
    assert finding == Finding.failed("redis.eviction.on", policy="volatile-lru")


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--appendonly", "no"], "redis.durable.no_aof"),
        (["--appendonly", "yes", "--appendfsync", "everysec"], "redis.durable.fsync"),
        (
            [
                *("--appendonly", "yes", "--appendfsync", "always"),
                *("--no-appendfsync-on-rewrite", "yes"),
            ],
            "redis.durable.fsync_on_rewrite",
        ),
    ],
)
def test_a_redis_that_could_lose_a_redeem_contradicts_durable_and_not_strict(
    tmp_path: Path, options: list[str], what: str
) -> None:
    with running_redis(tmp_path / "redis", *options) as server:
        assert only_failure(look(server.port, SINGLE_USE="durable")).what == what
        assert amiss(look(server.port, SINGLE_USE="strict")) == []


def test_a_replica_names_its_primary(tmp_path: Path, redis_server: RedisServer) -> None:
    of_primary = ("--replicaof", "127.0.0.1", str(redis_server.port))
    with running_redis(tmp_path / "replica", *of_primary) as replica:
        finding = only_failure(look(replica.port))
    primary = f"127.0.0.1:{redis_server.port}"
    assert finding == Finding.failed("redis.role.replica", primary=primary)


def test_a_redis_that_takes_no_writes(redis_server: RedisServer) -> None:
    with redis_server.client() as redis:
        redis.config_set("min-replicas-to-write", 1)
    assert only_failure(look(redis_server.port)).what == "redis.refused"


def test_a_redis_that_is_too_old_is_asked_no_further() -> None:
    told = {"redis_version": "6.0.16", "role": "master", "maxmemory_policy": "noeviction"}
    with pretended_redis({**told, "master_replid": "ab" * 20}) as port:
        finding = only_failure(look(port))
    assert finding == Finding.failed("redis.version.old", version="6.0.16")


def test_a_redis_without_a_replication_id_cannot_be_strict() -> None:
    told = {"redis_version": "7.2.4", "role": "master", "maxmemory_policy": "noeviction"}
    with pretended_redis(told) as port:
        assert only_failure(look(port)).what == "redis.incarnation.unreadable"


UNREADABLE = "local function store_incarnation() return nil end"


def inspection(port: int, clock: Clock, fence: str | None = None) -> RedisInspection:
    return RedisInspection(
        link=link_to(port, timeout_seconds=10),
        connect=make_connections(
            RedisAddress(host="127.0.0.1", port=port), RedisLimits(timeout_seconds=10)
        ),
        scripts=load_scripts(SingleUse.STRICT, fence=fence),
        single_use=SingleUse.STRICT,
        where="here",
        clock=clock,
        randomness=SystemRandomness(),
    )


def test_a_fence_that_does_not_hold_is_noticed(redis_server: RedisServer) -> None:
    without = inspection(redis_server.port, SystemClock(), fence=UNREADABLE)
    assert only_failure(list(asyncio.run(without.inspect()))).what == "redis.fence.open"


@attrs.frozen
class WrongClock(Clock):
    by_ms: int

    def now(self) -> int:
        return SystemClock().now() + self.by_ms


@pytest.mark.parametrize("by_ms", [-60_000, 60_000])
def test_clocks_that_differ_are_noted(redis_server: RedisServer, by_ms: int) -> None:
    findings = list(asyncio.run(inspection(redis_server.port, WrongClock(by_ms)).inspect()))
    assert amiss(findings) == ["redis.clock.apart"]
    assert findings[-1].facts["seconds"] in range(60 - CLOCKS_APART_MS // 1000, 66)


def test_two_looks_at_once_do_not_see_each_other(redis_server: RedisServer) -> None:
    async def many() -> list[Finding]:
        looks = [inspection(redis_server.port, SystemClock()).inspect() for _ in range(20)]
        return [finding for found in await asyncio.gather(*looks) for finding in found]

    assert amiss(asyncio.run(many())) == []


def test_answers_that_make_no_sense_are_a_finding_and_no_crash() -> None:
    told = {"redis_version": "7.0.15", "role": "master", "connected_slaves": "several"}
    with pretended_redis(told) as port:
        assert only_failure(look(port, SINGLE_USE="durable")).what == "redis.odd"


def test_nobody_at_the_port() -> None:
    assert only_failure(look(free_port())).what == "redis.unreachable.refused"


def test_a_socket_that_is_not_there_is_named_without_the_password_before_it() -> None:
    finding = only_failure(look(1, REDIS_URL=f"unix://:{PASSWORD}@/nowhere/redis.sock?db=2"))
    assert finding.what == "redis.unreachable.other"
    assert finding.facts == {"where": "/nowhere/redis.sock", "reason": "No such file or directory"}


def test_a_redis_that_hangs(redis_server: RedisServer) -> None:
    redis_server.send(signal.SIGSTOP)
    found = look(redis_server.port, REDIS_TIMEOUT_MS="50")
    assert only_failure(found).what == "redis.unreachable.silent"


def test_a_redis_that_takes_its_time_is_waited_for_no_longer_than_said(
    redis_server: RedisServer,
) -> None:
    redis_server.send(signal.SIGSTOP)
    settings = load_settings({"REDIS_URL": redis_server.url, "REDIS_TIMEOUT_MS": "60000"})
    assert examine_store(settings, seconds=0.1) == [Finding.failed("redis.slow", seconds=0.1)]


@pytest.mark.parametrize("known", [True, False], ids=["another password", "no password"])
def test_a_password_that_is_wrong_or_missing(redis_server: RedisServer, *, known: bool) -> None:
    with redis_server.client() as redis:
        redis.config_set("requirepass", PASSWORD)
    environment = {"REDIS_PASSWORD": f"{PASSWORD}-of-yesterday"} if known else {}
    assert only_failure(look(redis_server.port, **environment)).what == "redis.unreachable.password"
    url = f"redis://:{PASSWORD}@127.0.0.1:{redis_server.port}/0"
    assert amiss(look(1, REDIS_URL=url)) == []


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        (lambda ca: {"REDIS_TLS": "True", "REDIS_TLS_CA": ca}, None),
        (lambda _: {"REDIS_TLS": "True"}, "redis.unreachable.tls"),
        (lambda _: {}, "redis.unreachable.other"),
    ],
    ids=["as it should be", "nobody vouches for it", "no TLS on our side"],
)
def test_tls_that_does_not_come_about(
    tls_redis: tuple[RedisServer, int, Path],
    settings: Callable[[str], dict[str, str]],
    what: str | None,
) -> None:
    _, port, ca = tls_redis
    found = look(port, REDIS_HOST="localhost", **settings(str(ca)))
    assert amiss(found) == ([] if what is None else [what])
