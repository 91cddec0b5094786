"""Files in MaxMind's format, small enough to be made by a test."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPNetwork, IPSet


def country(code: object) -> dict[str, object]:
    """Make a record as GeoLite2-Country has it, but for the names in other languages."""
    return {
        "continent": {"code": "EU", "names": {"en": "Somewhere"}},
        "country": {"iso_code": code, "names": {"en": "A country"}},
        "registered_country": {"iso_code": "US", "names": {"en": "Another"}},
    }


def write_records(path: Path, records: Mapping[str, Any], *, ip_version: int = 6) -> Path:
    """Write a file that tells of each network what ``records`` do."""
    writer = MMDBWriter(ip_version, "GeoLite2-Country", ipv4_compatible=ip_version == 6)
    for network, record in records.items():
        writer.insert_network(IPSet([IPNetwork(network)]), record)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer.to_db_file(str(path))
    return path


def write_countries(path: Path, countries: Mapping[str, Any], *, ip_version: int = 6) -> Path:
    """Write a file of countries, by network."""
    records = {network: country(code) for network, code in countries.items()}
    return write_records(path, records, ip_version=ip_version)
