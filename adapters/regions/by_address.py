"""Countries by addresses, whatever they are looked up in."""

import ipaddress
from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from attrs import field, frozen

from application.ports import RegionResolver
from domain.errors import FramegateError
from domain.region import region_of

MOST_ADDRESSES = 8192
"""So many are remembered: a browser that comes again is not looked up again."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[Address], object]


@frozen
class RegionsUnusable(FramegateError):
    """There is nothing that countries could be looked up in.

    ``problem`` is a message key, ``facts`` fill it in.
    """

    problem: str
    facts: Mapping[str, object] = field(factory=dict)


class RegionsByAddress(RegionResolver):
    """Looks addresses up in what has been loaded.

    Nobody's country is known until ``load`` has succeeded once. A ``load`` that fails changes
    nothing.
    """

    def __init__(self) -> None:
        self._look_up: Callable[[str], str] = _nowhere

    def load(self) -> None:
        """Read what there is to read. Raises ``RegionsUnusable``."""
        look_up = partial(_region_at, self._opened())
        self._look_up = lru_cache(MOST_ADDRESSES)(look_up)

    def region(self, remote: str, told: Mapping[str, str]) -> str:
        del told
        return self._look_up(remote)

    @abstractmethod
    def _opened(self) -> Lookup:
        """Read it anew, and return what tells a code; else it tells anything, or raises."""


def _nowhere(_: str) -> str:
    return ""


def _region_at(look_up: Lookup, remote: str) -> str:
    try:
        address = ipaddress.ip_address(remote)
        # Who reaches an IPv6 socket by IPv4 has such an address; no database lists them.
        return region_of(look_up(getattr(address, "ipv4_mapped", None) or address))
    except Exception:  # noqa: BLE001 no address, or a damaged place: no country is worth a session
        return ""
