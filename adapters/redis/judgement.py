"""What a Redis server tells of itself (INFO, CONFIG GET), judged by what framegate promises."""

import re
from collections.abc import Iterator, Mapping

from adapters.redis.scripts import SingleUse
from application.ports import Finding

OLDEST = (6, 2)

Facts = Mapping[str, object]


def judge(server: Facts, config: Facts, single_use: SingleUse) -> Iterator[Finding]:
    """Judge one server by its INFO, and by its settings as far as it tells them."""
    yield _version(server)
    yield _role(server)
    yield _eviction(server)
    if single_use is SingleUse.STRICT:
        yield from _incarnation(server)
    else:
        yield from _durability(server, config)


def _version(server: Facts) -> Finding:
    told = str(server.get("redis_version", ""))
    numbers = re.match(r"(\d+)\.(\d+)", told)
    if numbers is None:
        return Finding.note("redis.version.unknown")
    if (int(numbers[1]), int(numbers[2])) < OLDEST:
        return Finding.failed("redis.version.old", version=told)
    # Valkey tells the version of the Redis it stands for, and its own beside it.
    own = server.get("valkey_version")
    product, version = ("Valkey", own) if own else ("Redis", told)
    return Finding.ok("redis.version.fit", product=product, version=version)


def _role(server: Facts) -> Finding:
    if server.get("role") == "slave":
        return Finding.failed(
            "redis.role.replica",
            primary=f"{server.get('master_host', '?')}:{server.get('master_port', '?')}",
        )
    return Finding.ok("redis.role.primary")


def _eviction(server: Facts) -> Finding:
    policy = server.get("maxmemory_policy")
    if policy is None:
        return Finding.note("redis.eviction.unknown")
    if policy != "noeviction":
        return Finding.failed("redis.eviction.on", policy=policy)
    return Finding.ok("redis.eviction.off")


def _incarnation(server: Facts) -> Iterator[Finding]:
    # Nothing but zeros is how one is hidden, and never changes. That the fence holds by what
    # is told is for the rehearsal to say.
    if not re.fullmatch(r"0*[1-9a-f][0-9a-f]*", str(server.get("master_replid", ""))):
        yield Finding.failed("redis.incarnation.unreadable")


def _durability(server: Facts, config: Facts) -> Iterator[Finding]:
    if str(server.get("aof_enabled")) != "1":
        yield Finding.failed("redis.durable.no_aof")
    elif "appendfsync" not in config:
        yield Finding.note("redis.durable.unknown")
    elif config["appendfsync"] != "always":
        yield Finding.failed("redis.durable.fsync", value=config["appendfsync"])
    elif config.get("no-appendfsync-on-rewrite") == "yes":
        yield Finding.failed("redis.durable.fsync_on_rewrite")
    else:
        yield Finding.ok("redis.durable.fit")
    replicas = int(str(server.get("connected_slaves", 0)))
    if replicas:
        yield Finding.note("redis.durable.replicas", replicas=replicas)
