"""Which addresses are outside: everything that is not this machine, this house, or nobody's."""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The registries of IANA for special purposes (RFC 6890 and what followed). Python's `is_global` knows fewer
# of them before 3.12.4.
_INSIDE_4: dict[IPv4Network, str] = {
    IPv4Network(network): what
    for network, what in {
        "0.0.0.0/8": "this network",
        "10.0.0.0/8": "a private network",
        "100.64.0.0/10": "a network behind a provider's NAT",
        "127.0.0.0/8": "this machine",
        "168.63.129.16/32": "the metadata of a cloud",  # Azure's, in the middle of public addresses
        "169.254.0.0/16": "the local link, where clouds keep their metadata",
        "172.16.0.0/12": "a private network",
        "192.0.0.0/24": "a network for protocols",
        "192.0.2.0/24": "a network for examples",
        "192.88.99.0/24": "a relay that is no more",
        "192.168.0.0/16": "a private network",
        "198.18.0.0/15": "a network for measurements",
        "198.51.100.0/24": "a network for examples",
        "203.0.113.0/24": "a network for examples",
        "224.0.0.0/4": "many at once (multicast)",
        "240.0.0.0/4": "a reserved network",
    }.items()
}
_UNICAST = IPv6Network("2000::/3")
_INSIDE_6: dict[IPv6Network, str] = {
    IPv6Network(network): what
    for network, what in {
        "2001::/23": "a network for protocols (Teredo among them)",
        "2001:db8::/32": "a network for examples",
        "2002::/16": "an address of version 4 in disguise (6to4)",
        "3ffe::/16": "a network that was given back",
        "3fff::/20": "a network for examples",
    }.items()
}
_NOT_UNICAST: dict[IPv6Network, str] = {
    IPv6Network(network): what
    for network, what in {
        "::/128": "this machine",
        "::1/128": "this machine",
        "64:ff9b:1::/48": "an address of version 4 in disguise (NAT64)",
        "fc00::/7": "a private network",
        "fe80::/10": "the local link",
        "fec0::/10": "a private network",
        "ff00::/8": "many at once (multicast)",
    }.items()
}
_TRANSLATED = IPv6Network("64:ff9b::/96")


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a comma list, such as `10.0.0.0/8, fd00::/8`. Raises ValueError for what is none.

    >>> networks("127.0.0.1, 10.1.0.0/16")
    (IPv4Network('127.0.0.1/32'), IPv4Network('10.1.0.0/16'))
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def unmasked(address: Address) -> Address:
    """The address of version 4 behind one of version 6 that only carries it (mapped, or through NAT64).

    >>> unmasked(IPv6Address("::ffff:127.0.0.1")), unmasked(IPv6Address("64:ff9b::a9fe:a9fe"))
    (IPv4Address('127.0.0.1'), IPv4Address('169.254.169.254'))
    """
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def inside(address: Address) -> str | None:
    """What kind of place an address is that is not outside; None for one that is.

    >>> inside(IPv4Address("169.254.169.254"))
    'the local link, where clouds keep their metadata'
    >>> inside(IPv4Address("1.1.1.1")) is None
    True
    """
    plain = unmasked(address)
    if isinstance(plain, IPv4Address):
        return next((what for network, what in _INSIDE_4.items() if plain in network), None)
    if plain in _UNICAST:
        return next((what for network, what in _INSIDE_6.items() if plain in network), None)
    return next(
        (what for network, what in _NOT_UNICAST.items() if plain in network), "a network that is nobody's"
    )


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether the operator allowed the network of an address that is not outside."""
    plain = unmasked(address)
    return any(plain in network for network in allowed if network.version == plain.version)
