"""Where the countries of callers are known from."""

from pathlib import Path

from adapters.regions.by_address import RegionsByAddress, RegionsUnusable
from adapters.regions.header import HeaderRegions
from application.ports import RegionResolver
from entrypoints.settings import Settings, SettingsError


def region_resolver(s: Settings) -> RegionResolver | None:
    """Build what is chosen. Raises ``SettingsError`` where what it needs is missing."""
    match s.regions:
        case "header":
            if not s.trusted_proxies:
                raise SettingsError("TRUSTED_PROXIES", "settings.region_header_of_nobody")
            return HeaderRegions(s.region_header)
        case "maxmind":
            if s.region_database is None:
                raise SettingsError("REGION_DATABASE", "settings.no_region_database")
            return _maxmind(s.region_database)
        case "embedded":
            return _embedded()
    return None


def load_regions(resolver: RegionResolver | None) -> None:
    """Read what a resolver looks countries up in. Raises ``SettingsError``."""
    if not isinstance(resolver, RegionsByAddress):
        return
    try:
        resolver.load()
    except RegionsUnusable as error:
        variable = "REGION_DATABASE" if "path" in error.facts else "REGIONS"
        raise SettingsError(variable, error.problem, **error.facts) from error


# The libraries are extras, and neither is cheap to import: only what is chosen is looked for.


def _maxmind(path: Path) -> RegionResolver:
    try:
        from adapters.regions.maxmind import MaxMindRegions  # noqa: PLC0415
    except ImportError as error:
        raise _missing("maxmind", "maxminddb") from error
    return MaxMindRegions(path)


def _embedded() -> RegionResolver:
    try:
        from adapters.regions.embedded import EmbeddedRegions  # noqa: PLC0415
    except ImportError as error:
        raise _missing("embedded", "geoip2fast") from error
    return EmbeddedRegions()


def _missing(chosen: str, library: str) -> SettingsError:
    return SettingsError("REGIONS", "settings.regions_library", chosen=chosen, library=library)
