"""What is known of a caller's country, and that nothing else is ever said."""

import random
from collections.abc import Callable
from pathlib import Path

import iso3166
import pytest

from adapters.regions.by_address import Address, Lookup, RegionsByAddress, RegionsUnusable
from adapters.regions.embedded import EmbeddedRegions
from adapters.regions.header import HeaderRegions
from adapters.regions.maxmind import MaxMindRegions
from application.ports import RegionResolver
from domain.region import CODES
from tests.support.country_file import country, write_countries, write_records
from tests.unit.catalogues import fill, keys_below

FIELD = "Cf-Ipcountry"
LISBON, LISBON6, SAO_PAULO = "203.0.113.7", "2001:db8:1::7", "198.51.100.9"
COUNTRIES = {"203.0.113.0/24": "PT", "2001:db8:1::/48": "PT", "198.51.100.0/24": "BR"}

GARBAGE = [
    *("", " ", "unknown", "localhost", "/run/fg.sock", "0.0.0.0", "::", "127.0.0.1"),
    *("203.0.113.7:80", "[2001:db8:1::7]", "fe80::1%eth0", "203.0.113", "203.0.113.256"),
    *("\x00", "\ud800", "1" * 5000, "١٩٨.51.100.9", "203.0.113.7/24", "0xcb007107"),
]


def loaded(resolver: RegionsByAddress) -> RegionsByAddress:
    resolver.load()
    return resolver


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_countries(tmp_path_factory.mktemp("countries") / "countries.mmdb", COUNTRIES)


@pytest.fixture(scope="module")
def by_file(file: Path) -> RegionsByAddress:
    return loaded(MaxMindRegions(file))


@pytest.fixture(scope="module")
def embedded() -> RegionsByAddress:
    return loaded(EmbeddedRegions())


def problem_of(resolver: RegionsByAddress) -> RegionsUnusable:
    with pytest.raises(RegionsUnusable) as unusable:
        resolver.load()
    fill(unusable.value.problem, {"variable": "REGION_DATABASE", **unusable.value.facts})
    return unusable.value


def test_the_countries_are_those_that_the_standard_has() -> None:
    assert {each.alpha2 for each in iso3166.countries} == CODES


class TestAHeader:
    def test_tells_the_country_whatever_the_address_is(self) -> None:
        resolver = HeaderRegions(FIELD)
        for remote in (LISBON, *GARBAGE):
            assert resolver.region(remote, {FIELD: "BR", "Other": "PT"}) == "BR"

    @pytest.mark.parametrize("value", ["XX", "T1", "br", "BR, PT", "Brazil", "", "<script>"])
    def test_that_names_no_country_leaves_it_unknown(self, value: str) -> None:
        assert HeaderRegions(FIELD).region(LISBON, {FIELD: value}) == ""

    def test_that_is_not_there_leaves_it_unknown(self) -> None:
        assert HeaderRegions(FIELD).region(LISBON, {"Other": "PT"}) == ""


class TestAFile:
    @pytest.mark.parametrize(
        ("remote", "region"),
        [
            (LISBON, "PT"),
            (SAO_PAULO, "BR"),
            (LISBON6, "PT"),
            (f"::ffff:{SAO_PAULO}", "BR"),
            ("192.0.2.1", ""),
            ("2001:db8:2::1", ""),
        ],
    )
    def test_tells_the_country_of_an_address(
        self, by_file: RegionsByAddress, remote: str, region: str
    ) -> None:
        assert by_file.region(remote, {}) == region

    def test_believes_no_header(self, by_file: RegionsByAddress) -> None:
        assert by_file.region(LISBON, {FIELD: "BR"}) == "PT"

    @pytest.mark.parametrize(
        "record",
        [
            *(country(code) for code in ("XX", "EU", "pt", "", 7, ["PT"])),
            *({"country": "PT"}, {"country": {}}, {"autonomous_system_number": 7}, "PT", 7, []),
        ],
        ids=str,
    )
    def test_that_names_no_country_leaves_it_unknown(self, tmp_path: Path, record: object) -> None:
        records = {"198.51.100.0/24": country("BR"), "203.0.113.0/24": record}
        resolver = loaded(MaxMindRegions(write_records(tmp_path / "f.mmdb", records)))
        assert (resolver.region(LISBON, {}), resolver.region(SAO_PAULO, {})) == ("", "BR")

    def test_that_has_only_ipv4_knows_nobody_who_comes_by_ipv6(self, tmp_path: Path) -> None:
        path = write_countries(tmp_path / "f.mmdb", {"203.0.113.0/24": "PT"}, ip_version=4)
        resolver = loaded(MaxMindRegions(path))
        addresses = (LISBON, f"::ffff:{LISBON}", LISBON6)
        assert [resolver.region(each, {}) for each in addresses] == ["PT", "PT", ""]

    def test_is_read_again_when_it_has_been_replaced(self, tmp_path: Path) -> None:
        path = write_countries(tmp_path / "f.mmdb", COUNTRIES)
        resolver = loaded(MaxMindRegions(path))
        assert resolver.region(LISBON, {}) == "PT"
        write_countries(path, {"203.0.113.0/24": "ES"})
        assert resolver.region(LISBON, {}) == "PT"
        resolver.load()
        assert resolver.region(LISBON, {}) == "ES"

    @pytest.mark.parametrize(
        ("spoil", "problem"),
        [
            (Path.unlink, "unreadable"),
            (lambda path: path.write_bytes(b""), "not_a_database"),
            (lambda path: path.write_bytes(b"no database\n" * 1000), "not_a_database"),
            (lambda path: path.write_bytes(path.read_bytes()[:-200]), "not_a_database"),
            (lambda path: write_records(path, {"203.0.113.0/24": {"asn": 7}}), "no_countries"),
            (lambda path: write_records(path, {}), "no_countries"),
        ],
        ids=["gone", "empty", "text", "cut off", "about something else", "without a network"],
    )
    def test_that_will_not_do_is_named_and_changes_nothing(
        self, tmp_path: Path, spoil: Callable[[Path], object], problem: str
    ) -> None:
        path = write_countries(tmp_path / "f.mmdb", COUNTRIES)
        resolver = loaded(MaxMindRegions(path))
        spoil(path)
        for each in (resolver, MaxMindRegions(path)):
            error = problem_of(each)
            assert (error.problem, error.facts["path"]) == (f"regions.{problem}", str(path))
        assert [resolver.region(each, {}) for each in (LISBON, SAO_PAULO)] == ["PT", "BR"]

    def test_whose_name_is_a_folders_will_not_do(self, tmp_path: Path) -> None:
        assert problem_of(MaxMindRegions(tmp_path)).problem == "regions.unreadable"

    def test_that_is_damaged_within_leaves_countries_unknown_and_raises_nothing(
        self, file: Path, tmp_path: Path, seeded: random.Random
    ) -> None:
        sound, path = file.read_bytes(), tmp_path / "f.mmdb"
        for _ in range(200):
            damaged = bytearray(sound)
            for _ in range(8):
                damaged[seeded.randrange(len(sound))] = seeded.randrange(256)
            path.write_bytes(damaged)
            resolver = MaxMindRegions(path)
            try:
                resolver.load()
            except RegionsUnusable:
                continue
            told = {resolver.region(each, {}) for each in (LISBON, LISBON6, SAO_PAULO)}
            assert told <= CODES | {""}


class TestTheEmbeddedData:
    # Addresses that have been of the same country since long before the data were made.
    @pytest.mark.parametrize(
        ("remote", "region"),
        [
            ("193.136.1.1", "PT"),
            ("::ffff:193.136.1.1", "PT"),
            ("2001:690::1", "PT"),
            ("200.160.2.3", "BR"),
            ("192.168.1.1", ""),
            ("2001:db8::1", ""),
            ("fe80::1", ""),
        ],
    )
    def test_tell_the_country_of_an_address(
        self, embedded: RegionsByAddress, remote: str, region: str
    ) -> None:
        assert embedded.region(remote, {FIELD: "US"}) == region

    def test_are_loaded_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        resolver = loaded(EmbeddedRegions())
        monkeypatch.setattr("adapters.regions.embedded.DATA", "gone.dat.gz")
        resolver.load()
        assert resolver.region("193.136.1.1", {}) == "PT"

    def test_that_cannot_be_read_are_told_of(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("adapters.regions.embedded.DATA", "gone.dat.gz")
        assert problem_of(EmbeddedRegions()).problem == "regions.no_data"


@pytest.mark.parametrize("name", ["by_file", "embedded"])
@pytest.mark.parametrize("remote", GARBAGE, ids=repr)
def test_nobody_knows_where_what_is_no_address_is(
    request: pytest.FixtureRequest, name: str, remote: str
) -> None:
    resolver: RegionResolver = request.getfixturevalue(name)
    assert resolver.region(remote, {}) == ""


def test_before_anything_is_loaded_nobodys_country_is_known(file: Path) -> None:
    for resolver in (MaxMindRegions(file), EmbeddedRegions()):
        assert resolver.region(LISBON, {}) == ""


def test_an_address_is_looked_up_once() -> None:
    asked: list[str] = []

    class Counted(RegionsByAddress):
        def _opened(self) -> Lookup:
            return self._note

        def _note(self, address: Address) -> object:
            asked.append(str(address))
            return "PT"

    resolver = loaded(Counted())
    assert [resolver.region(each, {}) for each in (LISBON, LISBON6, LISBON)] == ["PT"] * 3
    assert asked == [LISBON, LISBON6]


def test_every_text_about_regions_has_someone_who_says_it() -> None:
    assert keys_below("regions.") == {"unreadable", "not_a_database", "no_countries", "no_data"}
