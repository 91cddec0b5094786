"""deploy/systemd as it stands, installed as docs/deploy.md says, and run by a real systemd."""

import re
from collections.abc import Iterator

import attrs
import pytest

from tests.support.framegate_server import bearer
from tests.support.http_call import call
from tests.support.own_tree import needs_mounts
from tests.support.redis_server import free_port, running_redis
from tests.support.snippets import block_with
from tests.support.systemd import ROOT, Systemd, running_systemd
from tests.support.waiting import until

pytestmark = needs_mounts

GUIDE = ROOT / "docs" / "deploy.md"
START, RELOAD = block_with(GUIDE, "sh", "systemctl enable").splitlines()
PROGRAM = "/opt/framegate/bin/framegate"


@attrs.frozen
class Installed:
    """The service runs, with a client that has this key."""

    systemd: Systemd
    url: str
    key: str

    def creates_with(self, key: str) -> int:
        return call("POST", f"{self.url}/auth/create-session", headers=bearer(key)).status

    def is_ready(self) -> bool:
        try:
            return call("GET", f"{self.url}/readyz").status == 200
        except ConnectionRefusedError:
            return False


def key_in(said: str) -> str:
    keys: list[str] = re.findall(r"fgk_\S+", said)
    return keys[0]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("systemd")
    with (
        running_redis(folder / "redis", "--save", "") as redis,
        running_systemd(folder / "systemd.log") as systemd,
    ):
        said = systemd.do(block_with(GUIDE, "sh", "useradd")).stderr
        port = free_port()
        settings = (f"REDIS_URL={redis.url}", f"PORT={port}", "WORKERS=2", "DRAIN_SECONDS=0")
        systemd.do(f"printf '%s\\n' {' '.join(settings)} >>/etc/framegate/.env")
        systemd.do(START)
        service = Installed(systemd, f"http://127.0.0.1:{port}", key_in(said))
        until("the service is ready", service.is_ready)
        yield service


def test_the_service_opens_a_session_once(installed: Installed) -> None:
    create = f"{installed.url}/auth/create-session"
    page = call("POST", create, headers=bearer(installed.key)).fields["iframe_url"]
    assert [call("GET", installed.url + page).status for _ in range(2)] == [200, 401]


def test_the_service_is_nobody_and_may_do_little(installed: Installed) -> None:
    pid = installed.systemd.shows("framegate", "MainPID")
    uid = installed.systemd.do("id -u framegate").stdout.strip()
    status = installed.systemd.do(f"cat /proc/{pid}/status").stdout
    for line in (f"Uid:\t{uid}\t", "NoNewPrivs:\t1", "Seccomp:\t2", "CapBnd:\t0000000000000000"):
        assert line in status


def test_a_reload_reads_the_clients_file_again(installed: Installed) -> None:
    new = f"{PROGRAM} keys new other >> /etc/framegate/clients.toml"
    other = key_in(installed.systemd.do(new).stderr)
    assert installed.creates_with(other) == 401
    installed.systemd.do(RELOAD)
    # Each worker reads by itself: both are asked until they have.
    until("the new key holds", lambda: installed.creates_with(other) == 200)
    assert installed.creates_with(installed.key) == 200


def test_the_doctor_sees_the_services_settings_from_its_folder(installed: Installed) -> None:
    command = re.findall(r"`(cd /etc/framegate &&\s[^`]+)`", GUIDE.read_text())[0]
    said = installed.systemd.do(command).stdout
    assert installed.url in said


def test_the_service_stops_well_and_starts_again(installed: Installed) -> None:
    installed.systemd.do("systemctl stop framegate")
    assert installed.systemd.shows("framegate", "Result") == "success"
    assert installed.systemd.shows("framegate", "ExecMainStatus") == "0"
    installed.systemd.do("systemctl start framegate")
    until("the service is ready again", installed.is_ready)


def test_a_wrong_setting_is_not_tried_again(installed: Installed) -> None:
    wrong = "sed 's/^User=/Environment=WORKERS=none\\nUser=/' deploy/systemd/framegate.service"
    installed.systemd.do(f"{wrong} >/etc/systemd/system/wrong.service")
    installed.systemd.do("systemctl start wrong || true")
    until("it has ended", lambda: installed.systemd.shows("wrong", "ActiveState") == "failed")
    assert installed.systemd.shows("wrong", "ExecMainStatus") == "2"
    assert installed.systemd.shows("wrong", "NRestarts") == "0"


def test_systemd_finds_nothing_wrong_with_the_unit_and_little_that_it_may_do(
    installed: Installed,
) -> None:
    unit = "/etc/systemd/system/framegate.service"
    assert installed.systemd.do(f"systemd-analyze verify {unit}").stderr == ""
    # In tenths, of ten. Most services that a distribution brings have more than 90.
    judge = "systemd-analyze security --offline=yes --threshold=13"
    assert "OK" in installed.systemd.do(f"{judge} {unit}").stdout.splitlines()[-1]
