"""deploy/compose knows the server and itself. For want of an engine, a schema stands for one."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from entrypoints.supervisor import STOP_SECONDS
from tests.support.acl import documented_rules
from tests.support.deployed import (
    COMPOSE,
    FILES,
    PORT,
    composed,
    copy_compose,
    make_secrets,
)

ALONE, MONITORED = composed(), composed("monitoring.yaml")
FRAMEGATE = ALONE["services"]["framegate"]
OTHERS = {**ALONE["services"], **MONITORED["services"], "framegate": FRAMEGATE}


@pytest.mark.parametrize("name", ["compose.yaml", "monitoring.yaml"])
def test_compose_keeps_to_its_schema(name: str) -> None:
    program = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [program, "--builtin-schema", "vendor.compose-spec", COMPOSE / name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("tree", [ALONE, MONITORED], ids=["alone", "monitored"])
def test_what_the_services_name_is_there(tree: dict[str, Any]) -> None:
    for service in tree["services"].values():
        assert set(service.get("networks", [])) <= set(ALONE["networks"]) | set(tree["networks"])
        for secret in service.get("secrets", []):
            assert (secret if isinstance(secret, str) else secret["source"]) in tree["secrets"]
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in tree["volumes"] or (COMPOSE / source).exists(), volume


def test_framegate_is_asked_on_its_port_and_given_its_files() -> None:
    assert [each.rpartition(":")[2] for each in FRAMEGATE["ports"]] == [str(PORT)]
    assert {Path(each["target"]) for each in FRAMEGATE["secrets"]} == FILES


def test_framegate_is_given_the_time_that_it_takes_to_stop() -> None:
    assert int(FRAMEGATE["stop_grace_period"].removesuffix("s")) > STOP_SECONDS


@pytest.mark.parametrize("name", OTHERS)
def test_no_service_may_become_more_than_it_is_nor_is_open_to_the_network(name: str) -> None:
    service = OTHERS[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.fixture
def compose(tmp_path: Path) -> Path:
    copy = copy_compose(tmp_path)
    make_secrets(copy)
    return copy


def texts_in(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_the_secrets_are_those_that_compose_takes_in_a_folder_that_is_closed(compose: Path) -> None:
    secrets = ALONE["secrets"] | MONITORED["secrets"]
    files = {Path(secret["file"]) for secret in secrets.values()}
    assert files == {Path("secrets", name) for name in texts_in(compose / "secrets")}
    assert (compose / "secrets").stat().st_mode & 0o777 == 0o700


def test_redis_is_told_the_documented_rules(compose: Path) -> None:
    rules = (compose / "secrets" / "users.acl").read_text().splitlines()[-1].split()
    assert rules[:3] == ["user", "framegate", "on"]
    assert rules[4:] == documented_rules()


def test_secrets_that_are_there_are_kept_and_no_two_are_alike(compose: Path) -> None:
    before = texts_in(compose / "secrets")
    assert "kept" in make_secrets(compose)
    assert texts_in(compose / "secrets") == before
    for name in ("framegate.env", "grafana_password"):
        (compose / "secrets" / name).unlink()
    make_secrets(compose)
    assert not set(before.values()) & (set(texts_in(compose / "secrets").values()) - {""})
