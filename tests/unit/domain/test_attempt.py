"""Whose failures count together."""

import pytest

from domain.attempt import counted_together


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", ""),
        ("a unix socket", "a unix socket"),
    ],
)
def test_an_ipv4_address_counts_for_itself_and_an_ipv6_address_by_its_first_64_bits(
    address: str, who: str
) -> None:
    assert counted_together(address) == who
