"""The ways to reach Redis: by URL or parts, over TLS, as an ACL user."""

import asyncio
from pathlib import Path

import pytest

from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.link import RedisLink
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from application.ports import StoreUnavailable
from domain.figures import Figures
from domain.opening import Opening
from domain.payload import Payload
from domain.session_id import Digest
from domain.usage import DAY_MS
from tests.support.acl import documented_rules
from tests.support.framegate_server import running_framegate, write_clients
from tests.support.http_call import call
from tests.support.redis_server import RedisServer


def use_everything(address: RedisAddress, single_use: SingleUse = SingleUse.STRICT) -> Figures:
    """Create, redeem, revoke, clean up and count, as one who has just connected."""

    async def operations() -> Figures:
        link = RedisLink.to(address, RedisLimits(timeout_seconds=20))
        sessions = RedisSessions(link, load_scripts(single_use))
        payload = Payload("ana", '{"a":1}')
        for name in ("redeemed", "revoked", "active"):
            await sessions.create(
                Opening(
                    client="portal", digest=Digest.of(name), ttl_ms=60_000, cap=9, payload=payload
                )
            )
        await sessions.redeem("portal", Digest.of("redeemed"))
        await sessions.revoke("portal", Digest.of("revoked"))
        await sessions.clean_up("portal")
        await link.check()
        figures = await sessions.figures("portal")
        await link.close()
        return figures

    return asyncio.run(operations())


EVERYTHING = Figures(active=1, used=1, created=3, redeemed=1)


def test_redis_is_reached_by_its_parts(redis_server: RedisServer) -> None:
    address = RedisAddress(host="127.0.0.1", port=redis_server.port, db=3)
    assert use_everything(address) == EVERYTHING
    with redis_server.client() as redis:
        assert redis.info("keyspace").keys() == {"db3"}


def test_the_url_wins_over_the_parts(redis_server: RedisServer) -> None:
    address = RedisAddress(url=f"redis://127.0.0.1:{redis_server.port}/5", port=1, db=3)
    assert use_everything(address) == EVERYTHING
    with redis_server.client() as redis:
        assert redis.info("keyspace").keys() == {"db5"}


@pytest.mark.parametrize("by_url", [True, False])
def test_a_minimal_acl_user_is_enough(redis_server: RedisServer, by_url: bool) -> None:
    with redis_server.client() as redis:
        redis.execute_command("ACL", "SETUSER", "framegate", "on", ">s3cret", *documented_rules())
    port = redis_server.port
    address = (
        RedisAddress(url=f"redis://framegate:s3cret@127.0.0.1:{port}/0")
        if by_url
        else RedisAddress(host="127.0.0.1", port=port, username="framegate", password="s3cret")
    )
    assert use_everything(address) == EVERYTHING


def test_a_failover_is_noticed_by_a_minimal_acl_user_too(redis_server: RedisServer) -> None:
    with redis_server.client() as redis:
        redis.execute_command("ACL", "SETUSER", "framegate", "on", ">s3cret", *documented_rules())
        address = RedisAddress(
            host="127.0.0.1", port=redis_server.port, username="framegate", password="s3cret"
        )
        assert use_everything(address) == EVERYTHING
        # Twice: the second time stale sessions of the first are there already.
        for _ in range(2):
            redis.hset("fg:{portal}:counters", "incarnation", "another")
            redis.zadd("fg:{portal}:active", {b"x" * 32: 9e15})
            redis.pexpire("fg:{portal}:active", 60_000)
            assert use_everything_else(address).active == 0


def use_everything_else(address: RedisAddress) -> Figures:
    async def count() -> Figures:
        link = RedisLink.to(address, RedisLimits(timeout_seconds=20))
        figures = await RedisSessions(link, load_scripts(SingleUse.STRICT)).figures("portal")
        await link.close()
        return figures

    return asyncio.run(count())


def test_a_wrong_password_is_an_unavailable_store(redis_server: RedisServer) -> None:
    with redis_server.client() as redis:
        redis.execute_command("ACL", "SETUSER", "framegate", "on", ">s3cret", "+@all", "~*")
    address = RedisAddress(
        host="127.0.0.1", port=redis_server.port, username="framegate", password="wrong"
    )
    with pytest.raises(StoreUnavailable) as away:
        use_everything(address)
    assert "wrong" not in str(away.value)


def test_redis_is_reached_over_tls(tls_redis: tuple[RedisServer, int, Path]) -> None:
    _, port, ca = tls_redis
    by_parts = RedisAddress(host="localhost", port=port, tls=True, tls_ca_file=str(ca))
    assert use_everything(by_parts) == EVERYTHING


def test_redis_is_reached_over_tls_by_url(tls_redis: tuple[RedisServer, int, Path]) -> None:
    _, port, ca = tls_redis
    by_url = RedisAddress(url=f"rediss://localhost:{port}/0", tls_ca_file=str(ca))
    assert use_everything(by_url) == EVERYTHING


def test_a_redis_whose_certificate_nobody_vouches_for_is_not_used(
    tls_redis: tuple[RedisServer, int, Path],
) -> None:
    _, port, _ = tls_redis
    with pytest.raises(StoreUnavailable):
        use_everything(RedisAddress(host="localhost", port=port, tls=True))


def test_the_server_takes_tls_from_its_environment(
    tmp_path: Path, tls_redis: tuple[RedisServer, int, Path]
) -> None:
    _, port, ca = tls_redis
    environment = {
        "REDIS_HOST": "localhost",
        "REDIS_PORT": str(port),
        "REDIS_TLS": "True",
        "REDIS_TLS_CA": str(ca),
        "CLIENTS_FILE": str(write_clients(tmp_path / "clients.toml")),
        "DRAIN_SECONDS": "0",
    }
    with running_framegate(tmp_path / "server", environment, "serve") as server:
        assert call("GET", f"{server.url}/readyz").status == 200


def test_keys_of_an_idle_client_expire_by_themselves(redis_server: RedisServer) -> None:
    use_everything(RedisAddress(host="127.0.0.1", port=redis_server.port))
    with redis_server.client() as redis:
        lives = {key: redis.pttl(key) for key in redis.keys("*")}
    (of_a_day,) = [key for key in lives if b":counters:" in key]
    assert 90 * DAY_MS < lives.pop(of_a_day) <= 91 * DAY_MS + 60_000
    hour, month = 3_600_000, 30 * DAY_MS
    assert lives.keys() == {
        f"fg:{{portal}}:{part}".encode()
        for part in ("active", "payloads", "used", "revoked", "counters")
    }
    for key, life in lives.items():
        most = month if key.endswith(b"counters") else hour
        assert 0 < life <= most + 2 * 60_000, key
