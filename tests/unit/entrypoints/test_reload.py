"""What a server reads at start and again on SIGHUP."""

from pathlib import Path

import pytest

from domain.client import Client
from domain.key import digest_key
from entrypoints.container.building import build_runtime
from entrypoints.container.runtime import Runtime
from entrypoints.settings import SettingsError, load_settings
from tests.unit.catalogues import fill

ONE = f"""
[[client]]
name = "portal"
keys = ["{digest_key("a key")}"]
"""
ADMIN_ONLY = ONE.replace("client", "admin")
NO_CLIENT = pytest.mark.parametrize("text", ["", ADMIN_ONLY], ids=["nobody", "an admin only"])


@pytest.fixture
def clients_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "clients.toml"


def runtime(clients_file: Path) -> Runtime:
    return build_runtime(load_settings({"CLIENTS_FILE": str(clients_file), "STORAGE": "memory"}))


def refusal_of(server: Runtime) -> SettingsError:
    with pytest.raises(SettingsError) as refused:
        server.load()
    fill(refused.value.key, refused.value.facts)
    return refused.value


@NO_CLIENT
def test_a_server_that_nobody_could_use_does_not_start(clients_file: Path, text: str) -> None:
    clients_file.write_text(text)
    error = refusal_of(runtime(clients_file))
    assert (error.key, error.facts) == ("settings.no_client", {"variable": "CLIENTS_FILE"})


@pytest.mark.usefixtures("clients_file")
def test_a_server_without_a_clients_file_does_not_start() -> None:
    with pytest.raises(SettingsError) as refused:
        build_runtime(load_settings({"STORAGE": "memory", "CLIENTS_FILE": ""}))
    assert refused.value.key == "settings.no_client"


def test_a_broken_file_stops_the_start_and_names_the_variable(clients_file: Path) -> None:
    clients_file.write_text("[[client]]\n")
    error = refusal_of(runtime(clients_file))
    assert error.key == "clients_file.field_not_text"
    assert error.facts["variable"] == "CLIENTS_FILE"
    assert error.facts["path"] == str(clients_file)


@pytest.mark.parametrize("text", ["[[client]]\n", "[["], ids=["a broken entry", "not TOML"])
def test_a_broken_file_changes_nothing_while_a_server_runs(clients_file: Path, text: str) -> None:
    clients_file.write_text(ONE)
    server = runtime(clients_file)
    server.load()
    before = server.directory.clients()
    clients_file.write_text(text)
    refusal_of(server)
    assert server.directory.clients() == before
    assert [client.name for client in before] == ["portal"]


@NO_CLIENT
def test_a_file_without_clients_changes_nothing_while_a_server_runs(
    clients_file: Path, text: str
) -> None:
    clients_file.write_text(ONE)
    server = runtime(clients_file)
    server.load()
    clients_file.write_text(text)
    assert refusal_of(server).key == "settings.no_client"
    assert server.directory.holder(digest_key("a key")) is not None
    assert server.directory.by_tag(Client(name="portal").tag) is not None


def test_a_good_file_takes_the_place_of_the_one_before(clients_file: Path) -> None:
    clients_file.write_text(ONE)
    server = runtime(clients_file)
    server.load()
    clients_file.write_text(ONE.replace("portal", "other"))
    server.load()
    assert [client.name for client in server.directory.clients()] == ["other"]


def test_a_page_that_cannot_be_read_keeps_no_key_alive(clients_file: Path) -> None:
    page = clients_file.parent / "iframe.html"
    page.write_text("the page")
    clients_file.write_text(ONE)
    flags = {"CLIENTS_FILE": str(clients_file), "STORAGE": "memory", "IFRAME_ROOT": "."}
    server = build_runtime(load_settings(flags))
    server.load()
    page.unlink()
    clients_file.write_text(ONE.replace("a key", "another").replace("portal", "other"))
    assert refusal_of(server).key == "settings.iframe_root"
    assert [client.name for client in server.directory.clients()] == ["other"]
    assert server.face.iframe_page.content == b"the page"


@pytest.mark.parametrize(
    "one",
    [
        {"ALERT_WEBHOOK_URL": "https://hooks.example"},
        {"ALERT_WEBHOOK_SECRET": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_webhook_without_a_secret_or_the_other_way_round_stops_the_start(
    clients_file: Path, one: dict[str, str]
) -> None:
    clients_file.write_text(ONE)
    with pytest.raises(SettingsError) as refused:
        build_runtime(
            load_settings({"CLIENTS_FILE": str(clients_file), "STORAGE": "memory", **one})
        )
    assert refused.value.key == "settings.webhook_pair"
    fill(refused.value.key, refused.value.facts)


def test_a_file_for_the_audit_log_that_cannot_be_written_to_stops_the_start(
    clients_file: Path,
) -> None:
    clients_file.write_text(ONE)
    path = clients_file.parent / "nowhere" / "audit.log"
    settings = {"CLIENTS_FILE": str(clients_file), "STORAGE": "memory", "AUDIT_FILE": str(path)}
    error = refusal_of(build_runtime(load_settings(settings)))
    assert error.key == "settings.audit_file"
    assert error.facts["variable"] == "AUDIT_FILE"
    path.parent.mkdir()
    build_runtime(load_settings(settings)).load()
    assert path.read_bytes() == b""
