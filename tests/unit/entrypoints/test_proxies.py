import ipaddress

import pytest
from tornado.httputil import HTTPHeaders

from entrypoints.http.proxies import UNIX, Proxies

PROXY, FRONT_PROXY, PROXY6 = "10.0.0.1", "10.0.0.2", "fd00::1"
CALLER, CALLER6 = "203.0.113.7", "2001:db8::7"
BEHIND = Proxies((ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")))
ALONE = Proxies()


def remote(proxies: Proxies, peer: str, *forwarded: str) -> str:
    """Ask for the caller's address where ``forwarded`` are the lines of the header."""
    headers = HTTPHeaders()
    for addresses in forwarded:
        headers.add("X-Forwarded-For", addresses)
    return proxies.remote_address(peer, headers)


@pytest.mark.parametrize("proxies", [ALONE, BEHIND], ids=["no proxies", "proxies"])
def test_without_the_header_the_peer_is_the_caller(proxies: Proxies) -> None:
    assert remote(proxies, CALLER) == CALLER
    assert remote(proxies, PROXY) == PROXY


@pytest.mark.parametrize("peer", [CALLER, PROXY, "127.0.0.1", "::1"])
def test_where_no_proxy_is_trusted_the_header_is_not_believed(peer: str) -> None:
    assert remote(ALONE, peer, "198.51.100.1") == peer


@pytest.mark.parametrize("peer", [CALLER, "11.0.0.1", "9.255.255.255", "fc00::1", "127.0.0.1"])
def test_a_peer_outside_the_trusted_networks_is_not_believed(peer: str) -> None:
    assert remote(BEHIND, peer, "198.51.100.1") == peer


@pytest.mark.parametrize("peer", ["10.0.0.0", PROXY, "10.255.255.255", "::ffff:10.0.0.1", PROXY6])
def test_a_peer_inside_the_trusted_networks_is_believed(peer: str) -> None:
    assert remote(BEHIND, peer, CALLER) == CALLER


@pytest.mark.parametrize(
    "header",
    [
        f"198.51.100.1, {CALLER}",
        f"198.51.100.1,198.51.100.2,{CALLER}",
        f"{PROXY}, {CALLER}",
        f"unknown, {CALLER}",
        f"<script>, {CALLER}",
        f", {CALLER}",
        f"127.0.0.1, {CALLER}",
    ],
)
def test_what_stands_left_of_the_callers_address_may_be_made_up(header: str) -> None:
    assert remote(BEHIND, PROXY, header) == CALLER


@pytest.mark.parametrize(
    "header",
    [
        f"{CALLER}, {FRONT_PROXY}",
        f"{CALLER},{FRONT_PROXY},10.1.1.1",
        f"{CALLER} ,  {PROXY6}",
        f"198.51.100.1, {CALLER}, {FRONT_PROXY}",
    ],
)
def test_several_trusted_hops_are_passed_over(header: str) -> None:
    assert remote(BEHIND, PROXY, header) == CALLER


def test_an_untrusted_hop_between_trusted_ones_is_the_caller() -> None:
    assert remote(BEHIND, PROXY, f"{FRONT_PROXY}, {CALLER}, {FRONT_PROXY}") == CALLER


def test_where_every_hop_is_trusted_the_first_is_the_caller() -> None:
    assert remote(BEHIND, PROXY, f"10.9.9.9, {FRONT_PROXY}") == "10.9.9.9"


def test_several_lines_of_the_header_are_one_list() -> None:
    assert remote(BEHIND, PROXY, "198.51.100.1", CALLER, FRONT_PROXY) == CALLER


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        ",",
        ", ,",
        "unknown",
        "_hidden",
        "203.0.113:80",
        "[2001:db8::7",
        "203.0.113.7:80:90",
        "203.0.113",
        "a b",
    ],
)
def test_what_is_no_address_is_not_believed(garbage: str) -> None:
    assert remote(BEHIND, PROXY, garbage) == PROXY


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.7:80", "203.0.113.7"),
        ("[2001:db8::7]:80", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
    ],
)
def test_an_address_may_be_written_with_its_port(written: str, address: str) -> None:
    assert remote(BEHIND, PROXY, written) == address


@pytest.mark.parametrize("garbage", ["unknown", "", "1.2.3.4.5"])
def test_nothing_left_of_what_is_no_address_is_believed(garbage: str) -> None:
    assert remote(BEHIND, PROXY, f"{CALLER},{garbage}") == PROXY
    assert remote(BEHIND, PROXY, f"{CALLER},{garbage}, {FRONT_PROXY}") == FRONT_PROXY


@pytest.mark.parametrize("peer", [PROXY, PROXY6])
def test_a_caller_may_have_an_ipv6_address(peer: str) -> None:
    assert remote(BEHIND, peer, f"{CALLER}, {CALLER6}") == CALLER6
    assert remote(BEHIND, peer, f"{CALLER6}, {PROXY6}") == CALLER6


def test_one_address_may_be_a_network() -> None:
    proxies = Proxies((ipaddress.ip_network(PROXY),))
    assert remote(proxies, PROXY, CALLER) == CALLER
    assert remote(proxies, FRONT_PROXY, CALLER) == FRONT_PROXY


@pytest.mark.parametrize("peer", ["", "unix"])
def test_a_peer_without_an_address_is_not_believed(peer: str) -> None:
    assert remote(BEHIND, peer, CALLER) == (peer or "")


def test_who_comes_over_a_unix_socket_is_believed_only_where_that_is_said() -> None:
    over_unix = str(UNIX.network_address)
    everywhere = Proxies((ipaddress.ip_network("0.0.0.0/0"),))
    assert remote(Proxies((UNIX,)), over_unix, CALLER) == CALLER
    assert remote(everywhere, over_unix, CALLER) == over_unix
    assert remote(Proxies((UNIX,)), CALLER, PROXY) == CALLER
