"""Countries by the data that the library ``geoip2fast`` brings along."""

from collections.abc import Callable
from importlib.resources import as_file, files
from typing import Any

from geoip2fast import GeoIP2Fast
from geoip2fast.geoip2fast import GeoIPError

from adapters.regions.by_address import Address, Lookup, RegionsByAddress, RegionsUnusable

DATA = "geoip2fast-ipv6.dat.gz"  # what it takes by itself knows IPv4 only


class EmbeddedRegions(RegionsByAddress):
    """Looks countries up in the library's data, which are loaded once."""

    def __init__(self) -> None:
        super().__init__()
        self._loaded = False

    def load(self) -> None:
        if not self._loaded:  # they are the same as long as the process lives
            super().load()
            self._loaded = True

    def _opened(self) -> Lookup:
        try:
            with as_file(files("geoip2fast") / DATA) as path:
                look_up: Callable[[str], Any] = GeoIP2Fast(geoip2fast_data_file=str(path)).lookup
        except GeoIPError as error:
            raise RegionsUnusable("regions.no_data", {"reason": str(error)}) from error

        def code_at(address: Address) -> object:
            return look_up(str(address)).country_code

        return code_at
