"""Which addresses are outside, in every disguise that there is."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.channels.outside import networks
from emptychair.channels.outside.networks import inside, is_allowed, unmasked


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


# One of each registry of IANA for special purposes, with their edges.
INSIDE = listed("""
    0.0.0.0, 0.255.255.255, 10.0.0.0, 10.255.255.255, 100.64.0.0, 100.127.255.255, 100.100.100.200,
    127.0.0.1, 127.255.255.255, 168.63.129.16, 169.254.0.1, 169.254.169.254, 169.254.170.2, 172.16.0.0,
    172.31.255.255, 192.0.0.192, 192.0.2.1, 192.88.99.1, 192.168.0.1, 198.18.0.1, 198.19.255.255,
    198.51.100.1, 203.0.113.1, 224.0.0.1, 239.255.255.255, 240.0.0.1, 255.255.255.255, ::, ::1,
    ::127.0.0.1, ::ffff:127.0.0.1, ::ffff:169.254.169.254, ::ffff:0:127.0.0.1, 64:ff9b::10.0.0.1,
    64:ff9b::169.254.169.254, 64:ff9b:1::8.8.8.8, 100::1, 2001::1, 2001:0:4136:e378:8000:63bf:3fff:fdd2,
    2001:2::1, 2001:20::1, 2001:db8::1, 2002:7f00:1::, 2002:808:808::1, 3ffe::1, 3fff::1, 5f00::1,
    fc00::1, fd00:ec2::254, fd20:ce::254, fe80::1, fec0::1, ff02::1, 4000::1, ::ffff:10.0.0.1
""")
OUTSIDE = listed("""
    1.1.1.1, 8.8.8.8, 9.255.255.255, 11.0.0.0, 100.63.255.255, 100.128.0.0, 126.255.255.255, 128.0.0.0,
    168.63.129.15, 168.63.129.17, 169.253.255.255, 169.255.0.0, 172.15.255.255, 172.32.0.0,
    192.167.255.255, 192.169.0.0, 198.17.255.255, 198.20.0.0, 223.255.255.255, 2606:4700::1111,
    2a00:1450:4001::1, 2400:cb00::1, ::ffff:8.8.8.8, 64:ff9b::8.8.8.8, 2001:4860:4860::8888, 2003::1
""")


@pytest.mark.parametrize("text", INSIDE)
def test_an_address_that_is_not_outside_is_known(text: str) -> None:
    assert inside(ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_an_address_outside_is_one(text: str) -> None:
    assert inside(ip_address(text)) is None


@given(st.integers(0, 2**32 - 1))
def test_a_disguise_changes_nothing_of_an_address(number: int) -> None:
    plain = IPv4Address(number)
    for prefix in (0xFFFF << 32, 0x0064_FF9B << 96):
        masked = IPv6Address(prefix | number)
        assert unmasked(masked) == plain
        assert (inside(masked) is None) == (inside(plain) is None)


@given(st.integers(0, 2**32 - 1))
def test_nothing_that_python_calls_private_is_outside(number: int) -> None:
    """The registries from an independent hand: Python's own reading of them, where it is stricter."""
    plain = IPv4Address(number)
    if (
        plain.is_private
        or plain.is_multicast
        or plain.is_reserved
        or plain.is_link_local
        or plain.is_loopback
    ):
        assert inside(plain)


@given(st.integers(0, 2**128 - 1))
def test_nothing_of_version_6_that_python_calls_private_is_outside(number: int) -> None:
    plain = IPv6Address(number)
    if not plain.is_global and plain == unmasked(plain):
        assert inside(plain)


def test_an_allowed_network_is_allowed_in_its_disguises_too() -> None:
    allowed = networks("10.1.0.0/16, fd00::/8")
    assert is_allowed(ip_address("10.1.2.3"), allowed)
    assert is_allowed(ip_address("::ffff:10.1.2.3"), allowed)
    assert is_allowed(ip_address("64:ff9b::10.1.2.3"), allowed)
    assert is_allowed(ip_address("fd12::1"), allowed)
    assert not is_allowed(ip_address("10.2.0.1"), allowed)
    assert not is_allowed(ip_address("169.254.169.254"), allowed)


def test_a_list_of_networks_is_read_and_a_wrong_one_is_refused() -> None:
    assert networks(" 10.0.0.0/8 , 127.0.0.1,") == (IPv4Network("10.0.0.0/8"), IPv4Network("127.0.0.1/32"))
    with pytest.raises(ValueError, match="host bits"):
        networks("10.0.0.1/8")
    with pytest.raises(ValueError, match="intranet"):
        networks("intranet")
