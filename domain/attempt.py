"""An attempt to redeem, by somebody whose failures are counted."""

import ipaddress
from functools import lru_cache

from attrs import frozen

from domain.rate import Rate

IPV6_PREFIX = 64


@frozen
class Attempt:
    """``who`` shares one count of failures; ``rate`` says how many there may be."""

    who: str
    rate: Rate


@lru_cache(maxsize=4096)
def counted_together(address: str) -> str:
    """Tell under which name the failures of an address are counted.

    An IPv4 address stands for itself. Of an IPv6 address the first 64 bits count, because
    whoever has one usually has all that begin so (RFC 6177, RFC 4291 section 2.5.1).
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed, IPV6_PREFIX), strict=False))
