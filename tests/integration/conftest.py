from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.support.framegate_server import PATIENT, write_clients
from tests.support.gate import Gate, running_gate
from tests.support.redis_server import RedisServer, free_port, running_redis

pytest.register_assert_rewrite("tests.integration.gate_behaviour")


@pytest.fixture(scope="module")
def gate(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    """Run the module's ``PROXY`` and all that stands behind it, for all its tests."""
    with running_gate(tmp_path_factory.mktemp("gate"), request.module.PROXY) as running:
        yield running


@pytest.fixture
def lone_gate(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gate]:
    """Run the same for one test, which may break it."""
    with running_gate(tmp_path, request.module.PROXY) as running:
        yield running


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path / "redis", "--appendonly", "yes", "--save", "60 1") as server:
        yield server


@pytest.fixture
def environment(tmp_path: Path, redis_server: RedisServer) -> dict[str, str]:
    """What a production server is configured by."""
    return {
        "REDIS_URL": redis_server.url,
        "CLIENTS_FILE": str(write_clients(tmp_path / "clients.toml")),
        "DRAIN_SECONDS": "0",
        **PATIENT,  # also for commands that read it
    }


@pytest.fixture
def tls_redis(tmp_path: Path) -> Iterator[tuple[RedisServer, int, Path]]:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    key, cert, ca = tmp_path / "key.pem", tmp_path / "cert.pem", tmp_path / "ca.pem"
    certificate.private_key_pem.write_to_path(key)
    certificate.cert_chain_pems[0].write_to_path(cert)
    authority.cert_pem.write_to_path(ca)
    port = free_port()
    options = [
        *("--tls-port", str(port), "--tls-cert-file", str(cert), "--tls-key-file", str(key)),
        *("--tls-ca-cert-file", str(ca), "--tls-auth-clients", "no"),
    ]
    with running_redis(tmp_path / "tls", *options) as server:
        yield server, port, ca
