"""Whose request it is, also behind a proxy."""

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache, partial

from attrs import field, frozen

_WITH_PORT = re.compile(r"(?P<v4>[0-9.]+):[0-9]+|\[(?P<v6>[^\]]+)\](:[0-9]+)?")

_REMEMBERED = 256

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

UNIX = ipaddress.ip_network("0.0.0.0/32")
"""Whoever comes over a unix socket. Nobody has that address; Tornado gives it to them."""


@frozen
class Proxies:
    """The networks whose word is believed, such as ``X-Forwarded-For``. Nobody else's is.

    ``trusts`` tells whether an address belongs to one.
    """

    trusted: tuple[Network, ...] = ()
    trusts: Callable[[str], bool] = field(init=False, eq=False, repr=False)

    @trusts.default
    def _remembers(self) -> Callable[[str], bool]:
        # There are few proxies, and each request comes by one.
        return lru_cache(_REMEMBERED)(partial(_is_in, self.trusted))

    def remote_address(self, peer: str, headers: Mapping[str, str]) -> str:
        """Return the address of the caller, where ``peer`` is that of the connection.

        That is the peer or, where the peer is a trusted proxy, the last
        address in ``X-Forwarded-For`` that is not itself one: every address left of that
        may have been made up by the caller.
        """
        told = headers.get("X-Forwarded-For")
        if not (self.trusted and told):
            return peer
        address = peer
        for forwarded in reversed(told.split(",")):
            if not self.trusts(address):
                break
            candidate = _without_port(forwarded.strip())
            if not _is_address(candidate):
                break
            address = candidate
        return address


def _is_in(networks: Collection[Network], address: str) -> bool:
    if not _is_address(address):
        return False
    parsed = ipaddress.ip_address(address)
    if parsed in UNIX:
        return UNIX in networks  # no wider network stands for it
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(parsed in network for network in networks)


def _without_port(text: str) -> str:
    # Some proxies write 192.0.2.1:5555 and [2001:db8::1]:5555.
    with_port = _WITH_PORT.fullmatch(text)
    return (with_port["v4"] or with_port["v6"]) if with_port else text


@lru_cache(_REMEMBERED)  # who asks once asks again
def _is_address(text: str) -> bool:
    if "%" in text:  # a scope id may be any text
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
