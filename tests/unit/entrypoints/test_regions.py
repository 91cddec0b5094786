"""Where countries are told from: what is chosen, what it needs, and whose word is believed."""

import sys
from pathlib import Path

import pytest

from domain.key import digest_key
from entrypoints.container.building import build_runtime
from entrypoints.container.runtime import Runtime
from entrypoints.doctor import examine
from entrypoints.http.incoming import Incoming
from entrypoints.http.request_size import Body
from entrypoints.settings import SettingsError, load_settings
from tests.support.country_file import write_countries
from tests.unit.catalogues import fill

PROXY, PROXY6, STRANGER = "10.0.0.1", "fd00::1", "192.0.2.66"
LISBON, SAO_PAULO = "203.0.113.7", "198.51.100.9"
TRUSTED = "10.0.0.0/8,fd00::/8"
FIELD = "Cf-Ipcountry"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    key = digest_key("a key")
    (tmp_path / "c.toml").write_text(f'[[client]]\nname = "portal"\nkeys = ["{key}"]\n')
    write_countries(tmp_path / "c.mmdb", {"203.0.113.0/24": "PT", "198.51.100.0/24": "BR"})
    return tmp_path


def built(**flags: str) -> Runtime:
    return build_runtime(
        load_settings({"CLIENTS_FILE": "c.toml", "STORAGE": "memory", "WORKERS": "1", **flags})
    )


def running(**flags: str) -> Runtime:
    runtime = built(**flags)
    runtime.load()
    return runtime


def region(runtime: Runtime, remote: str, *, peer: str = STRANGER, **told: str) -> str:
    headers = {name.replace("_", "-"): value for name, value in told.items()}
    return runtime.face.regions.of(Incoming(headers, {}, remote, "en", Body(), peer))


def test_unless_chosen_nobodys_country_is_known() -> None:
    runtime = running(TRUSTED_PROXIES=TRUSTED)
    assert region(runtime, LISBON, peer=PROXY, Cf_Ipcountry="PT") == ""


class TestAHeader:
    @pytest.mark.parametrize("peer", [PROXY, PROXY6, f"::ffff:{PROXY}"])
    def test_of_a_trusted_proxy_is_believed(self, peer: str) -> None:
        runtime = running(REGIONS="header", TRUSTED_PROXIES=TRUSTED)
        assert region(runtime, LISBON, peer=peer, Cf_Ipcountry="BR") == "BR"

    @pytest.mark.parametrize("peer", [STRANGER, "::1", "0.0.0.0", "", "unknown", "fe80::1%eth0"])
    def test_of_anybody_else_is_not(self, peer: str) -> None:
        runtime = running(REGIONS="header", TRUSTED_PROXIES=TRUSTED)
        assert region(runtime, peer, peer=peer, Cf_Ipcountry="BR") == ""

    def test_over_a_unix_socket_is_believed_where_that_is_said(self) -> None:
        told = running(REGIONS="header", TRUSTED_PROXIES="unix")
        assert region(told, LISBON, peer="0.0.0.0", Cf_Ipcountry="BR") == "BR"
        everywhere = running(REGIONS="header", TRUSTED_PROXIES="0.0.0.0/0")
        assert region(everywhere, LISBON, peer="0.0.0.0", Cf_Ipcountry="BR") == ""

    def test_may_be_another_one(self) -> None:
        runtime = running(
            REGIONS="header", TRUSTED_PROXIES=TRUSTED, REGION_HEADER="cloudfront-viewer-country"
        )
        both = {"Cf_Ipcountry": "BR", "Cloudfront_Viewer_Country": "PT"}
        assert region(runtime, LISBON, peer=PROXY, **both) == "PT"


class TestAFile:
    def test_tells_of_the_callers_address_and_believes_no_header(self) -> None:
        runtime = running(REGIONS="maxmind", REGION_DATABASE="c.mmdb", TRUSTED_PROXIES=TRUSTED)
        assert region(runtime, LISBON, peer=PROXY, Cf_Ipcountry="BR") == "PT"
        assert region(runtime, LISBON, peer=STRANGER, Cf_Ipcountry="BR") == "PT"

    def test_is_read_again_with_the_other_files(self, folder: Path) -> None:
        runtime = running(REGIONS="maxmind", REGION_DATABASE="c.mmdb")
        write_countries(folder / "c.mmdb", {"203.0.113.0/24": "ES"})
        runtime.load()
        assert region(runtime, LISBON) == "ES"

    @pytest.mark.parametrize("content", [None, b"", b"no database"], ids=["gone", "empty", "text"])
    def test_that_cannot_be_used_stops_the_start_and_changes_nothing_later(
        self, folder: Path, content: bytes | None
    ) -> None:
        flags = {"REGIONS": "maxmind", "REGION_DATABASE": "c.mmdb"}
        runtime = running(**flags)
        (folder / "c.mmdb").unlink()
        if content is not None:
            (folder / "c.mmdb").write_bytes(content)
        for each in (runtime, built(**flags)):
            with pytest.raises(SettingsError) as refused:
                each.load()
            assert refused.value.facts["variable"] == "REGION_DATABASE"
            for text in fill(refused.value.key, refused.value.facts).values():
                assert "REGION_DATABASE" in text
                assert "c.mmdb" in text
        assert region(runtime, LISBON) == "PT"

    def test_that_cannot_be_read_keeps_no_key_alive(self, folder: Path) -> None:
        runtime = running(REGIONS="maxmind", REGION_DATABASE="c.mmdb")
        (folder / "c.mmdb").unlink()
        other = digest_key("another")
        (folder / "c.toml").write_text(f'[[client]]\nname = "other"\nkeys = ["{other}"]\n')
        with pytest.raises(SettingsError):
            runtime.load()
        assert [client.name for client in runtime.directory.clients()] == ["other"]


def test_the_data_of_a_library_will_do() -> None:
    assert region(running(REGIONS="embedded"), "193.136.1.1") == "PT"


@pytest.mark.parametrize(
    ("variable", "key", "flags"),
    [
        ("TRUSTED_PROXIES", "region_header_of_nobody", {"REGIONS": "header"}),
        ("REGION_DATABASE", "no_region_database", {"REGIONS": "maxmind"}),
    ],
)
def test_a_choice_that_lacks_what_it_needs_stops_the_start(
    variable: str, key: str, flags: dict[str, str]
) -> None:
    with pytest.raises(SettingsError) as refused:
        built(**flags)
    assert (refused.value.key, refused.value.facts) == (f"settings.{key}", {"variable": variable})
    fill(refused.value.key, refused.value.facts)


@pytest.mark.parametrize(
    ("chosen", "library"), [("maxmind", "maxminddb"), ("embedded", "geoip2fast")]
)
def test_a_library_that_is_missing_stops_the_start_and_is_told_how_to_install(
    monkeypatch: pytest.MonkeyPatch, chosen: str, library: str
) -> None:
    monkeypatch.delitem(sys.modules, f"adapters.regions.{chosen}", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SettingsError) as refused:
        built(REGIONS=chosen, REGION_DATABASE="c.mmdb")
    for text in fill(refused.value.key, refused.value.facts).values():
        assert text.startswith(f"REGIONS={chosen} ")
        assert text.endswith(f": pip install {library}")


def test_what_is_not_chosen_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("maxminddb", "geoip2fast"):
        monkeypatch.setitem(sys.modules, library, None)
        monkeypatch.delitem(sys.modules, f"adapters.regions.{library}", raising=False)
    running(REGIONS="off")
    running(REGIONS="header", TRUSTED_PROXIES=TRUSTED)


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ({"REGIONS": "maxmind", "REGION_DATABASE": "c.mmdb"}, "doctor.regions"),
        ({"REGIONS": "maxmind", "REGION_DATABASE": "gone.mmdb"}, "regions.unreadable"),
        ({"REGIONS": "off", "REGION_DATABASE": "gone.mmdb"}, None),
    ],
)
def test_the_doctor_looks_whether_countries_can_be_told(
    flags: dict[str, str], found: str | None
) -> None:
    common = {"CLIENTS_FILE": "c.toml", "STORAGE": "memory", "WORKERS": "1", "PORT": "0"}
    findings = [each.what for each in examine(load_settings({**common, **flags}))]
    assert "doctor.clients.read" in findings
    known = {"doctor.regions", "regions.unreadable"}
    assert [what for what in findings if what in known] == ([found] if found else [])
