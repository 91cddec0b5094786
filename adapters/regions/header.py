"""Countries by a header that a proxy sets, such as a content delivery network's."""

from collections.abc import Mapping

from application.ports import RegionResolver
from domain.region import region_of


class HeaderRegions(RegionResolver):
    """Takes the country from one field of the request.

    Where nobody knows, Cloudflare says ``XX`` and of Tor ``T1``: neither is a country.
    """

    def __init__(self, name: str) -> None:
        """``name`` is spelt as fields are in what is told."""
        self._name = name

    def region(self, remote: str, told: Mapping[str, str]) -> str:
        del remote
        return region_of(told.get(self._name))
